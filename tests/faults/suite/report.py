"""Outcomes for people, as a table, and for programs, as JSON."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.faults.suite.outcome import Outcome

SHOWN = 10  # lines of what is broken, for each scenario


def show(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(title="Faults, and what was lost or doubled", title_justify="left")
    table.add_column("fault")
    for heading in ("times", "facts", "mails", "lost", "without\ncause", "out of\norder", "doubled\nin Kafka"):
        table.add_column(heading, justify="right")
    table.add_column("doubled\nmails", justify="right")
    table.add_column("all done\nafter", justify="right")
    for outcome in outcomes:
        _add(table, outcome)
    console.print(table)
    kills, broken = sum(outcome.kills for outcome in outcomes), sum(len(outcome.broken) for outcome in outcomes)
    console.print(
        f"{kills} × kill -9. A mail may be doubled only between its final dot and its commit, with the same Message-ID"
        " and the same password; a fact that is doubled in Kafka has one effect."
    )
    for outcome in outcomes:
        for line in outcome.broken[:SHOWN]:
            console.print(f"[bold red]broken[/] {outcome.scenario}: {escape(line)}", highlight=False)
        if (more := len(outcome.broken) - SHOWN) > 0:
            console.print(f"[bold red]broken[/] {outcome.scenario}: and {more} more")
    console.print("[bold red]An invariant broke.[/]" if broken else "[green]Every invariant held.[/]")


def _add(table: Table, outcome: Outcome) -> None:
    verdict, doubled = outcome.verdict, outcome.verdict.doubled_mails
    table.add_row(
        f"[bold]{outcome.scenario}[/]" + (" [bold red]broken[/]" if outcome.broken else ""),
        *map(str, (outcome.tried.total(), outcome.facts, outcome.mails, len(verdict.lost))),
        *map(str, (len(verdict.without_cause), len(verdict.out_of_order), verdict.doubled_facts, doubled.total())),
        "never" if outcome.rested_after is None else f"{outcome.rested_after:.0f} s",
    )
    for fault, times in outcome.tried.items():
        table.add_row(f"  {fault}", str(times), *[""] * 6, str(doubled[fault] or ""), "", style="dim")
    table.add_section()


def as_json(outcomes: Sequence[Outcome], *, seed: int, seconds: float) -> str:
    told = {"seed": seed, "seconds": round(seconds), "kills": sum(outcome.kills for outcome in outcomes)}
    return json.dumps({**told, "scenarios": [_plain(outcome) for outcome in outcomes]}, indent=2, ensure_ascii=False)


def _plain(outcome: Outcome) -> dict[str, object]:
    verdict = outcome.verdict
    return {
        "scenario": outcome.scenario,
        "tried": dict(outcome.tried),
        "kills": outcome.kills,
        "facts": outcome.facts,
        "mails": outcome.mails,
        "lost": len(verdict.lost),
        "without_cause": len(verdict.without_cause),
        "out_of_order": len(verdict.out_of_order),
        "wrongly_doubled": len(verdict.wrongly_doubled),
        "doubled_in_kafka": verdict.doubled_facts,
        "doubled_mails": dict(verdict.doubled_mails),
        "all_done_after_seconds": outcome.rested_after,
        "broken": outcome.broken,
    }
