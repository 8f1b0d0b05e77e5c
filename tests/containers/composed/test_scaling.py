"""Three relays, three consumers and three deliverers at work, and one of them killed every two seconds."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import pytest_asyncio

from shared.process import wait_for
from tests.containers.composed.holdings import ask_database, observe, read_topics, steps_back
from tests.containers.engine import docker, inspect
from tests.containers.people import Portals
from tests.containers.system import System
from tests.faults.suite.feed import Feed
from tests.faults.suite.ledger import Kill, judge
from tests.support.customer_portal import new_customer
from tests.support.waiting import until

REPLICAS = 3
# What each of them counts as its work, since it was started.
WORK = {
    "auth-relay": re.compile(r'^guichet_outbox_batch_rows_sum\{lane="live"\} (\S+)', re.MULTILINE),
    "notifier-consumer": re.compile(r'^guichet_inbox_batch_messages_sum\{consumer="notifier"\} (\S+)', re.MULTILINE),
    "notifier-deliverer": re.compile(r'^guichet_mail_tries_total\{verdict="sent"\} (\S+)', re.MULTILINE),
}
EVERY = 2.0  # seconds between two kills
AT_LEAST, AT_MOST = 2, 10  # rounds in which each of the nine is killed once
ENOUGH = 100
LATE = 3.0  # seconds in which a busy mail server comes to what it was sent by somebody who has died since
SHARE = 0.1
CUSTOMERS = 450  # five passwords are asked for in a second, and nobody may ask for more than five
ASK_EVERY = 0.4  # seconds, each time two
AT_REST_WITHIN = 120.0  # seconds: a lease lasts 30, a consumer is missed for 10, and the machine is busy

OUTBOX = "select count(*) as number from outbox"
MAILS = """
    select count(*) as made, count(d.due_at) as waiting
      from deliveries d join accounts a on a.id = d.account_id where a.address like 'camille.exemple.%'
"""
KNOWN = "select count(*) as number from accounts where address like 'camille.exemple.%'"


@dataclass
class Crowd:
    """The replicas. By container: `before`, the work of this life that does not count; `done`, that of former lives."""

    system: System
    before: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    kills: list[Kill] = field(default_factory=list)

    def all(self) -> Iterator[tuple[str, str]]:
        """What each is, and its container: one of each kind, then the next."""
        for number in range(1, REPLICAS + 1):
            for kind in WORK:
                yield kind, self.system.container(kind, number)

    def work(self, *only: str) -> Counter[str]:
        """Of these, or all, in this life."""
        kinds = {container: kind for kind, container in self.all() if container in only or not only}
        reports = self.system.look("metrics", list(kinds))
        found = {container: WORK[kinds[container]].search(report) for container, report in reports.items()}
        return Counter({container: int(float(match[1])) for container, match in found.items() if match})

    def kill(self, kind: str, container: str) -> None:
        self.done[container] += self.work(container)[container] - self.before.pop(container, 0)
        begun = time.time()
        docker("kill", container)
        if kind == "notifier-deliverer":  # whose death may double a mail
            died = datetime.fromisoformat(inspect(container)["State"]["FinishedAt"]).timestamp()
            self.kills += [Kill(container, at) for at in (begun, died, died + LATE)]
        docker("start", container)

    def worked(self) -> Counter[str]:
        """All that counts, by container."""
        return self.done + self.work() - self.before


@dataclass(frozen=True, slots=True)
class Shares:
    """Of all work of its kind, by container."""

    of: Mapping[str, float]
    enough: bool

    @property
    def fair(self) -> bool:
        return self.enough and min(self.of.values()) > SHARE

    def __str__(self) -> str:
        return ", ".join(f"{container.split('-', 4)[-1]} {share:.0%}" for container, share in self.of.items())


def shares_of(crowd: Crowd) -> Shares:
    done, whole = crowd.worked(), Counter[str]()
    for kind, container in crowd.all():
        whole[kind] += done[container]
    of = {container: done[container] / max(whole[kind], 1) for kind, container in crowd.all()}
    return Shares(of, min(whole.values()) >= ENOUGH)


@pytest_asyncio.fixture
async def feed(system: System, portals: Portals) -> Feed:
    """All of them known everywhere."""
    customers = [new_customer() for _ in range(CUSTOMERS)]
    system.import_customers("egec", *((customer.identifier, customer.email) for customer in customers))
    await until(lambda: ask_database(system, "notifier", KNOWN) == [{"number": CUSTOMERS}])
    return Feed(portals("egec"), customers)


@pytest.fixture
def crowd(system: System, feed: Feed) -> Iterator[Crowd]:
    _scale(system, REPLICAS)
    crowd = Crowd(system)
    crowd.before = crowd.work()
    yield crowd
    _scale(system, 1)


@pytest.mark.timeout(600)
async def test_each_does_its_share_and_nothing_steps_back_is_lost_or_doubled(
    system: System, portals: Portals, feed: Feed, crowd: Crowd
):
    async with feed.flowing(ASK_EVERY):
        for number in range(1, AT_MOST + 1):
            for kind, container in crowd.all():
                await asyncio.gather(asyncio.to_thread(crowd.kill, kind, container), wait_for(asyncio.Event(), EVERY))
            shares = shares_of(crowd)
            print(f"\nafter {number} rounds of kills:", shares, end="")
            if number >= AT_LEAST and shares.fair:
                break
    await until(lambda: _at_rest(system, feed), AT_REST_WITHIN)

    records = read_topics(system)
    seen = observe(system, feed, portals("egec").catcher.messages(), records, crowd.kills)
    verdict = judge(seen)
    print(f"\n{len(seen.facts)} facts, of them doubled: {verdict.doubled_facts}")
    print(f"{len(seen.copies)} mails, doubled in SMTP's window: {verdict.doubled_mails.total()}")
    assert [*verdict.broken, *feed.wrong, *steps_back(records)] == []
    assert shares.fair, str(shares)


def test_a_counter_that_steps_back_is_found_and_a_repeated_fact_is_not():
    def fact(id_: str, number: int) -> dict[str, object]:
        return {"topic": "guichet.accounts", "key": "k", "id": id_, "type": "t", "data": {"generation": number}}

    assert list(steps_back([fact("a", 1), fact("b", 2), fact("a", 1), fact("c", 3)])) == []
    assert len(list(steps_back([fact("a", 2), fact("b", 1)]))) == 1


async def _at_rest(system: System, feed: Feed) -> bool:
    """Every ask was answered, every fact carried and every mail has left."""
    await feed.ask_again()
    outboxes = [ask_database(system, service, OUTBOX)[0]["number"] for service in ("auth", "notifier")]
    [mails] = ask_database(system, "notifier", MAILS)
    return not feed.unanswered and not any(outboxes) and mails == {"made": feed.promised.total(), "waiting": 0}


def _scale(system: System, number: int) -> None:
    scaled = [word for kind in WORK for word in ("--scale", f"{kind}={number}")]
    system.compose("up", "--wait", "--no-deps", "--no-recreate", *scaled, *WORK)
