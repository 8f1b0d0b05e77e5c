"""An import of 30,000 customers: nobody else's mail waits for it, nor that of the imported who are in a hurry."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.events import AccountOpened, PasswordRegenerated, Topic
from shared.process import wait_for
from tests.support.command import guichet
from tests.support.customer_portal import CustomerPortal
from tests.support.ground import Ground
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.stack import PARTITIONS
from tests.support.topic import by_key, read_topic
from tests.support.waiting import PATIENCE, until
from tests.support.world import World

OTHERS, IMPORTED = 300, 30_000
ASKED_EVERY, NEWCOMER_EVERY = 0.2, 0.5  # seconds between two activations of others, and of the imported
LONGEST = 1.0  # seconds from an activation's commit to its mail, or a twentieth of what the whole import takes:
# whoever waited for it would wait ten times as long, on any machine
SLOWEST = 3_000  # rows of the import that reach Kafka in a second; fewer where the machine hardly writes twice as many

HEADER = "identifier,title,name,email,language,shared_mailbox,contact_person,services\n"

# Somebody whose account is imported, while the facts that tell of it wait in the bulk lane.
NEWCOMER = """
    select a.email, a.id from outbox o join accounts a on a.id = o.aggregateid
     where o.lane = 1 order by o.seq desc limit 1
"""
KNOWN = "select count(*) from accounts where version is not null"
# By the clock of the database server alone; the result is written down after the mail server's 250.
MAILED = """
    select d.account_id, extract(epoch from t.ended_at - d.occurred_at)::float8 as seconds
      from attempts t join deliveries d on d.id = t.delivery_id
     where t.verdict = 'sent'
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """Rows of the outbox by second, as the import wrote them and as they reached Kafka. `others`, `newcomers`: seconds
    from the commit to the mail. `facts` of each newcomer, in Kafka's order."""

    written: float
    told: float
    others: Sequence[float]
    newcomers: Sequence[float]
    facts: Sequence[Sequence[str]]

    @property
    def at_most(self) -> float:
        """Seconds that a mail may take."""
        return max(LONGEST, 2 * IMPORTED / self.told / 20)


@pytest_asyncio.fixture(scope="module")
async def imported(ground: Ground) -> Imported:
    async with run_smtp_server(SmtpServer()) as smtp, ground.world(processes=True, smtp_port=smtp.port) as world:
        await bring_in(world, range(OTHERS))
        await until(lambda: knows(world, OTHERS))
        portal, over, others, newcomers = world.portal("egec"), asyncio.Event(), set[str](), set[UUID]()

        async with asyncio.TaskGroup() as crowd:
            telling = crowd.create_task(told(world, over))
            writing = crowd.create_task(bring_in(world, range(OTHERS, OTHERS + IMPORTED)))
            crowd.create_task(repeatedly(ASKED_EVERY, over, lambda: ask_as_other(portal, others)))
            crowd.create_task(repeatedly(NEWCOMER_EVERY, over, lambda: ask_as_newcomer(world, portal, newcomers)))

        mailed = await until(lambda: all_mailed(world, len(others) + len(newcomers)))
        facts = by_key(await read_topic(world.kafka, Topic.ACCOUNTS))
        return Imported(
            writing.result(),
            telling.result(),
            [row["seconds"] for row in mailed if row["account_id"] not in newcomers],
            [row["seconds"] for row in mailed if row["account_id"] in newcomers],
            [[message.envelope.type for message in facts[account]] for account in newcomers],
        )


async def test_an_import_delays_nobody_elses_mail(imported: Imported) -> None:
    assert len(imported.others) > 20
    assert p99(imported.others) < imported.at_most


async def test_an_import_goes_out_fast_though_it_yields(imported: Imported) -> None:
    assert imported.told >= min(SLOWEST, 0.4 * imported.written)


async def test_who_is_imported_and_activates_at_once_is_mailed_within_a_second(imported: Imported) -> None:
    assert len(imported.newcomers) > 2
    assert max(imported.newcomers) < imported.at_most


async def test_the_facts_of_who_is_imported_and_activates_at_once_keep_their_order(imported: Imported) -> None:
    assert set(map(tuple, imported.facts)) == {(AccountOpened.type, PasswordRegenerated.type)}


def p99(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]


def address(number: int) -> str:
    return f"client-{number}@example.org"


async def bring_in(world: World, numbers: range) -> float:
    """Rows that this writes into the outbox in a second: an opening and a contact for each customer."""
    file = world.folder / "customers.csv"
    lines = (f"{number:010},Mme,Camille Exemple,{address(number)},fr,false,false,\n" for number in numbers)
    file.write_text(HEADER + "".join(lines))
    now = asyncio.get_running_loop().time
    begun = now()
    done = await guichet("accounts", "import", "egec", file, environment=world.auth.environment)
    assert done.status == 0, done.err
    return 2 * len(numbers) / (now() - begun)


async def told(world: World, over: asyncio.Event) -> float:
    """Sets `over` when all of the import is in Kafka. The rows that went there in a second, few of them of others."""
    now = asyncio.get_running_loop().time
    places = [
        TopicPartition(world.kafka.topic(topic), number)
        for topic in (Topic.ACCOUNTS, Topic.CONTACTS)
        for number in range(PARTITIONS)
    ]
    async with AIOKafkaConsumer(**world.kafka.connection()) as consumer:

        async def rows() -> int:
            return sum((await consumer.end_offsets(places)).values())

        before = await rows()
        some = await until(lambda: more_than(rows, before + 100))
        begun = now()
        every = await until(lambda: more_than(rows, before + 2 * IMPORTED - 1), timeout=3 * PATIENCE)
        taken = now() - begun
    over.set()
    return (every - some) / taken


async def more_than(rows: Callable[[], Awaitable[int]], least: int) -> int:
    found = await rows()
    return found if found > least else 0


async def repeatedly(every: float, over: asyncio.Event, ask: Callable[[], Awaitable[None]]) -> None:
    """Whoever is late in being answered delays nobody who asks after them."""
    async with asyncio.TaskGroup() as asking:
        while not await wait_for(over, every):
            asking.create_task(ask())


async def ask(portal: CustomerPortal, email: str) -> None:
    answer = await portal.ask(email)
    assert answer.status_code == 202, answer.text


async def ask_as_other(portal: CustomerPortal, others: set[str]) -> None:
    """Once each, however long the import takes."""
    if len(others) < OTHERS:
        email = address(len(others))
        others.add(email)
        await ask(portal, email)


async def ask_as_newcomer(world: World, portal: CustomerPortal, newcomers: set[UUID]) -> None:
    for row in await world.in_auth(NEWCOMER):
        if row["id"] not in newcomers:
            newcomers.add(row["id"])
            await ask(portal, row["email"])


async def knows(world: World, people: int) -> bool:
    return (await world.in_notifier(KNOWN))[0]["count"] >= people


async def all_mailed(world: World, people: int) -> list[asyncpg.Record]:
    found = await world.in_notifier(MAILED)
    return found if len(found) == people else []
