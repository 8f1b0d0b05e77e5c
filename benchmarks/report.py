"""Results for people, as a table, and for programs, as JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure

RESULTS = Path(__file__).parent / "results"

Results = Mapping[str, Sequence[Figure]]


def show(console: Console, machine: Mapping[str, object], results: Results) -> None:
    table = Table(title="Guichet, measured", title_justify="left")
    table.add_column("benchmark")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("goal", justify="right")
    table.add_column("")
    for name, figures in results.items():
        for number, figure in enumerate(figures):
            goal = (
                f"{'≥' if figure.goal.side == 'at least' else '≤'} {_number(figure.goal.bound)}" if figure.goal else ""
            )
            verdict = {None: "", True: "[green]met[/]", False: "[bold red]not met[/]"}[figure.met]
            measured = f"{_number(figure.value)} {figure.unit}"
            table.add_row("" if number else name, figure.name, measured, goal, verdict)
        table.add_section()
    console.print(table)
    console.print(
        f"{machine['cores']} × {machine['cpu']}, {machine['memory_gb']} GB, Python {machine['python']}", style="dim"
    )


def as_json(machine: Mapping[str, object], results: Results) -> str:
    return json.dumps(
        {"machine": machine, "results": {name: [_plain(f) for f in figures] for name, figures in results.items()}},
        indent=2,
        ensure_ascii=False,
    )


def keep(machine: Mapping[str, object], results: Results) -> Path:
    """Writes the JSON where it does not replace an older one; the file's name is when it was made."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    path.write_text(as_json(machine, results) + "\n")
    return path


def _plain(figure: Figure) -> dict[str, object]:
    goal = f"{figure.goal.side} {figure.goal.bound:g}" if figure.goal else None
    return {"figure": figure.name, "value": figure.value, "unit": figure.unit, "goal": goal, "met": figure.met}


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
