"""`python -m benchmarks [--quick] [--json] [NAME...]`: runs benchmarks, shows what they found."""

import asyncio
import importlib
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, Literal, get_args

import uvloop
from cyclopts import App, Parameter
from rich.console import Console

from benchmarks.figures import Figure
from benchmarks.machine import facts
from benchmarks.report import as_json, keep, show

Name = Literal[
    "activation_to_mail",
    "sign_ins",
    "relay",
    "drain",
    "imports",
    "linking",
    "contract_list",
    "contract_import",
    "access_tokens",
    "sizes",
]

WIDE = 110  # columns of a table that is written to a file

app = App(
    name="benchmarks",
    help="What Guichet takes, and how long, beside what people use today. Explained in docs/benchmarks.md.",
    help_epilogue="Example: `python -m benchmarks --quick drain`",
    version_flags=(),
    result_action="return_int_as_exit_code_else_zero",
)


@app.default
def run(
    *names: Name,
    quick: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Run benchmarks, show the figures beside their goals, and keep them under benchmarks/results/.

    Parameters
    ----------
    names
        Which ones; all when none is named.
    quick
        Small sizes: whether everything works, in two minutes. The figures mean little.
    json
        Print JSON rather than a table.
    """
    machine, terminal = facts(), sys.stderr.isatty() if json else sys.stdout.isatty()
    console = Console(stderr=json, width=None if terminal else WIDE)
    results: dict[str, Sequence[Figure]] = {}
    for name in names or get_args(Name):
        with console.status(f"{name} …"):
            results[name] = _measured(name, quick=quick)
    if json:
        sys.stdout.write(as_json(machine, results) + "\n")
    else:
        show(console, machine, results)
    console.print(f"kept in {keep(machine, results)}", style="dim")


def _measured(name: Name, *, quick: bool) -> Sequence[Figure]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures: Sequence[Figure] = runner.run(importlib.import_module(f"benchmarks.{name}").measure(quick=quick))
    return figures


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell has its background jobs ignore
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # either way nothing is left behind
    sys.exit(app())
