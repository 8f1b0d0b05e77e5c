"""What every import of a file has on the command line: what is piped in, a bar, faults by line, the outcome."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated, TypeVar

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.cli.surroundings import database_url, setting
from shared.db import open_database
from shared.imports import Checked, Counts, Fault, FileFormat, Import, check_file, import_file
from shared.portals import Portal, load_portals

E = TypeVar("E")

ImportedFile = Annotated[str, Parameter(name="file", allow_leading_hyphen=True)]
AsJson = Annotated[bool, Parameter(name="--json", negative=())]

ADVANCE_EVERY = 500  # lines; a bar that moves at every line would cost more than the line


def bring_in(service: str, kind: Callable[[Portal], Import[E]], portal: str, file: str, *, as_json: bool) -> int:
    """Checks the file as a whole, then applies it to `service`; the command's exit status.

    Raises UnknownPortal, OSError, and what `import_file` raises.
    """
    into = kind(load_portals(Path(setting(service, "GUICHET_PORTALS"))).by_name(portal))
    with _opened(file) as source, _bar() as bar:
        checked = _check(source, into.layout, "stdin" if file == "-" else file, bar)
        if checked.faults:
            _say(f"nothing was imported: {checked.faults} fault{'s' if checked.faults > 1 else ''}")
            return 1
        counts = asyncio.run(_apply(service, source, into, checked, bar))
    print(json.dumps(asdict(counts)) if as_json else _outcome(counts))
    return 0


def _check(source: IO[bytes], layout: FileFormat[E], name: str, bar: Progress) -> Checked:
    task = bar.add_task("checking", total=None)

    def advanced(rows: int) -> None:
        if rows % ADVANCE_EVERY == 0:
            bar.update(task, completed=rows)

    def report(fault: Fault) -> None:
        _say(f"{name}:{fault.line}: {fault.message}")

    checked = check_file(source, layout, report, advanced)
    bar.update(task, completed=checked.rows, total=checked.rows)
    return checked


async def _apply(service: str, source: IO[bytes], into: Import[E], checked: Checked, bar: Progress) -> Counts:
    task = bar.add_task("importing", total=checked.rows)

    def progress(counts: Counts) -> None:
        bar.update(task, completed=counts.rows_done)

    async with open_database(database_url(service), max_size=2) as db:
        return await import_file(db, into, source, checked, progress)


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    """Something that can be read twice: what is piped in is kept in a file without a name for as long as it takes."""
    if file != "-":
        with Path(file).open("rb") as source:
            yield source
        return
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(sys.stdin.buffer, spooled)
        yield spooled


@contextmanager
def _bar() -> Iterator[Progress]:
    """Seen by people only: where stderr is no terminal, nothing moves."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield bar


def _outcome(counts: Counts) -> str:
    return f"{counts.created} created, {counts.changed} changed, {counts.unchanged} unchanged"


def _say(text: str) -> None:
    print(f"guichet: {text}", file=sys.stderr)
