"""The import of a whole customer file, and what it costs those who want a mail meanwhile.

The command, auth and the notifier are processes of their own, as in production. While the file is checked, applied and
told to everybody, other customers activate at an even rate: their mails must not wait for it.
"""

import asyncio
import time
from dataclasses import dataclass

import asyncpg

from benchmarks.activations import activate, from_commit_to_mail
from benchmarks.customers import import_customers, known_to, load_customers, number, raise_if_failed, write_customers
from benchmarks.figures import Figure, at_least, at_most, percentile
from benchmarks.memory import Memory, watch_memory
from benchmarks.pace import at_rate
from benchmarks.progress import Progress, open_progress
from benchmarks.stamping_sink import run_stamping_sink
from benchmarks.web import Clients
from benchmarks.world import World, open_world
from deploy.local.ports import free_port
from shared.events import Topic

PER_SECOND = 5  # activations of others
OTHERS = 5_000  # customers who do that, each once
NEWCOMER_EVERY = 0.5  # seconds
SLOWEST = 200  # customers a second; whoever is slower has stopped

NEWEST = "select email from accounts order by id desc limit 1"


@dataclass(frozen=True, slots=True)
class Import:
    applied_in: float  # seconds, the check of the whole file included
    told_in: float  # seconds from the first contact in Kafka to the last
    memory: Memory


async def measure(*, quick: bool) -> list[Figure]:
    count = 20_000 if quick else 1_000_000
    http = free_port()
    async with (
        open_world() as world,
        run_stamping_sink(world.folder) as sink,
        open_progress(world, Topic.CONTACTS) as progress,
        world.service("auth", HTTP_PORT=http, TRUSTED_PROXIES="127.0.0.1"),
        world.service("notifier", smtp=sink.address) as notifier,
        Clients(http) as clients,
    ):
        await load_customers(world, OTHERS)
        await known_to(notifier, world, OTHERS)
        importing = asyncio.create_task(_import(world, progress, count))
        hurrying = asyncio.create_task(_newcomers(world, clients, importing))
        others = await at_rate(PER_SECOND, OTHERS, lambda customer: activate(clients, customer), while_=importing)
        imported, newcomers = await importing, await hurrying
        mailed = await from_commit_to_mail(world, sink, notifier, others + newcomers, within=600)
    latencies = [seconds for customer, seconds in mailed.items() if customer < OTHERS]
    newest = [seconds for customer, seconds in mailed.items() if customer >= OTHERS]
    return [
        Figure(f"{count:,} customers imported", count / imported.applied_in, "rows/s"),
        Figure("peak memory of the import", imported.memory.peak, "MB", at_most(300)),
        Figure("the most in its last quarter beside its first half", imported.memory.growth, "x", at_most(1.1)),
        Figure("told to subscribers", count / imported.told_in, "rows/s", at_least(3_000)),
        Figure(f"others' mails meanwhile at {PER_SECOND}/s, p50", percentile(latencies, 50) * 1000, "ms"),
        Figure("the same, p99", percentile(latencies, 99) * 1000, "ms", at_most(1_000)),
        Figure("mails to those just imported, p99", percentile(newest, 99) * 1000, "ms", at_most(1_000)),
    ]


async def _import(world: World, progress: Progress, count: int) -> Import:
    """Returns when everything of it is in Kafka."""
    path = await asyncio.to_thread(write_customers, world.folder / "import.csv", count, first=OTHERS)
    before, begun = await progress.now(), time.perf_counter()
    command = await import_customers(world, path)
    telling = asyncio.create_task(_told_in(progress, before, count))
    memory = await watch_memory(command)
    applied_in = time.perf_counter() - begun
    raise_if_failed(command)
    return Import(applied_in, await telling, memory)


async def _newcomers(world: World, clients: Clients, importing: asyncio.Task[Import]) -> int:
    """Of those who have just been imported some activate at once, while their contacts wait in the bulk lane."""
    seen: set[int] = set()
    database = await asyncpg.connect(world.databases["auth"])
    try:
        while not importing.done():
            newest = number(await database.fetchval(NEWEST))
            if newest >= OTHERS and newest not in seen:
                await activate(clients, newest)
                seen.add(newest)
            await asyncio.sleep(NEWCOMER_EVERY)
    finally:
        await database.close()
    return len(seen)


async def _told_in(progress: Progress, before: int, count: int) -> float:
    """Raises TimeoutError where not even SLOWEST is kept."""
    first: float | None = None
    async with asyncio.timeout(60 + count / SLOWEST):
        while (told := await progress.now() - before) < count:
            if told and first is None:
                first = time.perf_counter()
            await asyncio.sleep(0.1)
    return time.perf_counter() - (first or 0.0)
