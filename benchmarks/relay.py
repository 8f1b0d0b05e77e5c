"""The relay: from a row in the outbox to Kafka's acknowledgement.

How many rows a second it carries from a backlog, with an empty past and with ten million delivered rows behind it; and
how long one row takes from its commit, written and carried in one process as auth does it.
"""

import time

import asyncpg

from benchmarks.commits import acknowledged_after_commit
from benchmarks.figures import Figure, at_least, at_most, median, percentile
from benchmarks.outbox_rows import deliver_without_kafka, insert_rows, sample
from benchmarks.progress import Progress, open_progress
from benchmarks.until import until
from benchmarks.world import World, open_world
from shared.events import Topic

WARM_UP = 2_000  # rows that are not counted: the producer learns its partitions, statements are prepared
LOOK = 0.02  # seconds

NOTHING_LEFT = "select not exists (select from outbox)"


async def measure(*, quick: bool) -> list[Figure]:
    backlog, rounds, delivered, seconds = (5_000, 1, 50_000, 3) if quick else (100_000, 3, 10_000_000, 20)
    async with open_world("auth") as world, open_progress(world, Topic.ACCOUNTS) as progress:
        database = await asyncpg.connect(world.databases["auth"])
        try:
            calm = await acknowledged_after_commit(world, per_second=50, count=50 * seconds)
            busy = await acknowledged_after_commit(world, per_second=500, count=500 * seconds)
            fresh = await _rows_a_second(world, database, progress, backlog, rounds)
            await deliver_without_kafka(database, sample(world), delivered)
            await _past_is_on_disk(world)
            aged = await _rows_a_second(world, database, progress, backlog, rounds)
        finally:
            await database.close()
    return [
        Figure(f"rows from a backlog of {backlog:,}", fresh, "rows/s", at_least(15_000)),
        Figure(f"the same after {delivered:,} delivered rows", aged, "rows/s"),
        Figure("beside its speed before them", aged / fresh, "x", at_least(0.9)),
        Figure("commit to acknowledged at 50/s, p50", percentile(calm, 50) * 1000, "ms", at_most(5)),
        Figure("the same, p99", percentile(calm, 99) * 1000, "ms"),
        Figure("commit to acknowledged at 500/s, p50", percentile(busy, 50) * 1000, "ms", at_most(5)),
        Figure("the same, p99", percentile(busy, 99) * 1000, "ms"),
    ]


async def _past_is_on_disk(world: World) -> None:
    """Ten million rows within a few minutes leave the disks work for some more; a past has none for them any longer.

    What the rows left behind in the table stays as autovacuum has it.
    """
    administrator = await asyncpg.connect(world.administrator_url)
    try:
        await administrator.execute("checkpoint")
    finally:
        await administrator.close()


async def _rows_a_second(
    world: World, database: asyncpg.Connection, progress: Progress, backlog: int, rounds: int
) -> float:
    """Of a relay that waits for work, and finds all of it at once."""
    found = []
    async with world.service("auth", roles=("relay",)) as relay:
        for count in (WARM_UP, *[backlog] * rounds):
            wanted = await progress.now() + count
            committed_at = await insert_rows(database, sample(world), count)
            await until(progress.now, wanted, within=60, child=relay, every=LOOK)
            await until(lambda: database.fetchval(NOTHING_LEFT), True, within=10, child=relay, every=LOOK)
            found.append(count / (time.perf_counter() - committed_at))
    return median(found[1:])
