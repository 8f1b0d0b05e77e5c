"""How quickly a backlog of mails leaves, beside a bare loop and the queues people use for it.

One notifier process does everything it does in production: inbox, leases, opening the sealed password, rendering,
SMTP, results, and the facts about them back to Kafka; then two of them share it. The others only render and send.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import asyncpg

from benchmarks.backlog import contacts, new_passwords, publish
from benchmarks.customers import known_to
from benchmarks.figures import Figure, at_least, median
from benchmarks.peers.run import send_in_bare_loop, send_with_celery, send_with_dramatiq
from benchmarks.redis import run_redis
from benchmarks.sink import Sink, run_sink
from benchmarks.until import until
from benchmarks.world import World, open_world
from shared.ids import AccountId, new_id

WAITING = "select count(*) from deliveries where due_at is not null"

# From the first inbox transaction to the last result written, by the database's clock.
DRAINED = """
    select count(*) filter (where state = 'sent') as sent,
           extract(epoch from max(ended_at) - min(queued_at))::float8 as seconds
      from deliveries
     where generation = $1
"""


async def measure(*, quick: bool) -> list[Figure]:
    count, rounds = (2_000, 1) if quick else (20_000, 3)
    async with (
        open_world("notifier") as world,
        run_sink(world.folder) as sink,
        run_redis(world.folder) as redis,
    ):
        accounts = [AccountId(new_id()) for _ in range(count)]
        await _introduce(world, sink, accounts)
        contenders: dict[str, Callable[[], Awaitable[float]]] = {
            "Guichet": lambda: _drain(world, sink, accounts, processes=1),
            "Guichet twice": lambda: _drain(world, sink, accounts, processes=2),
            "loop": lambda: send_in_bare_loop(sink, world.folder, count),
            "fast loop": lambda: send_in_bare_loop(sink, world.folder, count, uvloop=True),
            "Dramatiq": lambda: send_with_dramatiq(sink, redis, world.folder, count),
            "Celery": lambda: send_with_celery(sink, redis, world.folder, count),
        }
        rates: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, send in contenders.items():
                rates[name].append(await send())
    return _figures({name: median(found) for name, found in rates.items()}, count)


def _figures(rates: dict[str, float], count: int) -> list[Figure]:
    ours = rates["Guichet"]
    return [
        Figure(f"{count:,} mails: one notifier process", ours, "mails/s"),
        Figure("two of them, started together", rates["Guichet twice"], "mails/s"),
        Figure("aiosmtplib in a bare loop, four connections", rates["loop"], "mails/s"),
        Figure("the same loop on uvloop", rates["fast loop"], "mails/s"),
        Figure("Dramatiq, two processes of four threads", rates["Dramatiq"], "mails/s"),
        Figure("Celery, two processes", rates["Celery"], "mails/s"),
        Figure("beside the bare loop", ours / rates["loop"], "x", at_least(1.0)),
        Figure("beside Dramatiq", ours / rates["Dramatiq"], "x", at_least(1.2)),
        Figure("beside Celery", ours / rates["Celery"], "x", at_least(4.0)),
    ]


async def _introduce(world: World, sink: Sink, accounts: Sequence[AccountId]) -> None:
    """The notifier learns the contacts, and goes."""
    await publish(world, contacts(accounts))
    async with world.service("notifier", smtp=sink.address) as notifier:
        await known_to(notifier, world, len(accounts))


async def _drain(world: World, sink: Sink, accounts: Sequence[AccountId], *, processes: int) -> float:
    """Mails a second, of a notifier that finds them all when it starts."""
    generation = time.time_ns() // 1_000_000
    await publish(world, new_passwords(world, accounts, generation))
    database = await asyncpg.connect(world.databases["notifier"])
    try:
        async with AsyncExitStack() as started:
            services = [world.service("notifier", smtp=sink.address) for _ in range(processes)]
            async with asyncio.TaskGroup() as tasks:  # where one does not start, nobody waits for its mails
                tasks.create_task(sink.takes(len(accounts), within=60 + len(accounts) / 100))
                begun = [tasks.create_task(started.enter_async_context(service)) for service in services]
            await until(lambda: database.fetchval(WAITING), 0, within=30, child=begun[0].result())
        drained = await database.fetchrow(DRAINED, generation)
    finally:
        await database.close()
    assert drained["sent"] == len(accounts), f"{drained['sent']} of {len(accounts)} mails were sent"
    return len(accounts) / float(drained["seconds"])
