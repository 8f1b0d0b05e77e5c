"""Everything there is to try, and in what company."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.faults.suite.ending import terminate_under_load
from tests.faults.suite.killing import Report, kill_at_every_point
from tests.faults.suite.linking import kill_while_linking
from tests.faults.suite.mail_servers import misbehave
from tests.faults.suite.outcome import Outcome
from tests.faults.suite.points import ROWS
from tests.faults.suite.servers_away import kafka_away, postgres_away
from tests.support.ground import Ground

LINKING_SHARE = 0.1  # as many kills more, of contracts
SLOW_FIRST = ("consumer", "deliverer", "auth", "relay")
NAMES = (*ROWS, "contracts", "mail_server", "sigterm", "kafka", "postgres")


@dataclass(frozen=True, slots=True)
class Scenario:
    """`alone`: it stops what the others stand on."""

    name: str
    run: Callable[[Ground], Awaitable[Outcome]]
    alone: bool = False


def scenarios(names: Sequence[str], *, kills: int, seed: int, report: Report) -> Iterator[Scenario]:
    """`kills`: each of the wanted rows has its share of them."""
    rows = sorted(ROWS.keys() & set(names), key=SLOW_FIRST.index)
    whole = sum(ROWS[name].share for name in rows)
    for name in rows:
        yield Scenario(name, _killing(name, max(1, round(kills * ROWS[name].share / whole)), seed, report))
    linking = max(1, round(kills * LINKING_SHARE))
    rest = (
        Scenario("contracts", lambda ground: kill_while_linking(ground, kills=linking, seed=seed, report=report)),
        Scenario("mail_server", misbehave),
        Scenario("sigterm", lambda ground: terminate_under_load(ground, times=5)),
        Scenario("kafka", kafka_away, alone=True),
        Scenario("postgres", postgres_away, alone=True),
    )
    yield from (scenario for scenario in rest if scenario.name in names)


def _killing(name: str, kills: int, seed: int, report: Report) -> Callable[[Ground], Awaitable[Outcome]]:
    return lambda ground: kill_at_every_point(ground, name, kills=kills, seed=seed, report=report)
