"""`guichet accounts`: the customer file."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.cli.surroundings import setting
from services.auth.handlers.check_customer_file import Checked, check_customer_file
from services.auth.handlers.import_accounts import import_accounts
from services.auth.sql.imports import Counts
from shared.db import open_database
from shared.import_files import Fault
from shared.portals import Portal, load_portals

app = App(name="accounts", help_epilogue="Example: `guichet accounts import egec customers.csv`")

ADVANCE_EVERY = 500  # lines; a bar that moves at every line would cost more than the line


@app.command(name="import", help_epilogue="Example: `guichet accounts import egec customers.csv`")
def import_file(
    portal: str,
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Bring a customer file into a portal: new accounts are opened, known ones updated; nobody is mailed.

    The file is UTF-8 CSV with a header line: identifier, title, name, email, language, shared_mailbox, contact_person,
    services. It is checked as a whole first; with a fault in it, nothing is applied. Broken off, the same command goes
    on where it stopped.

    Parameters
    ----------
    portal
        The portal's name.
    file
        The file, or - for what is piped in.
    as_json
        Say the outcome as JSON.
    """
    known = load_portals(Path(setting("auth", "GUICHET_PORTALS"))).by_name(portal)
    with _opened(file) as source, _bar() as bar:
        checked = _check(source, known, "stdin" if file == "-" else file, bar)
        if checked.faults:
            _say(f"nothing was imported: {checked.faults} fault{'s' if checked.faults > 1 else ''}")
            return 1
        counts = asyncio.run(_apply(source, known, checked, bar))
    print(json.dumps(asdict(counts)) if as_json else _outcome(counts))
    return 0


def _check(source: IO[bytes], portal: Portal, name: str, bar: Progress) -> Checked:
    task = bar.add_task("checking", total=None)

    def advanced(rows: int) -> None:
        if rows % ADVANCE_EVERY == 0:
            bar.update(task, completed=rows)

    def report(fault: Fault) -> None:
        _say(f"{name}:{fault.line}: {fault.message}")

    checked = check_customer_file(source, portal, report, advanced)
    bar.update(task, completed=checked.rows, total=checked.rows)
    return checked


async def _apply(source: IO[bytes], portal: Portal, checked: Checked, bar: Progress) -> Counts:
    task = bar.add_task("importing", total=checked.rows)

    def progress(counts: Counts) -> None:
        bar.update(task, completed=counts.rows_done)

    async with open_database(setting("auth", "GUICHET_DATABASE_URL"), max_size=2) as db:
        return await import_accounts(db, portal, source, checked, progress)


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
