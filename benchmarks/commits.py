"""Single facts committed at a given rate, and how long after its commit Kafka had acknowledged each."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from benchmarks.outbox_rows import sample
from benchmarks.pace import at_rate
from benchmarks.world import World
from shared import outbox
from shared.db import Database, open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.ids import AccountId, new_id
from shared.outbox import Relay
from shared.outbox.publisher import Publisher

SETTLE = 1.0  # seconds at the beginning that are not counted


async def acknowledged_after_commit(world: World, *, per_second: int, count: int) -> list[float]:
    """Seconds, one for each. Writers, doorbell and relay share a process and its loop, as in `guichet run auth`."""
    url, event = world.databases["auth"], sample(world)
    committed: dict[UUID, float] = {}
    acknowledged: dict[UUID, float] = {}
    every, all_of_them = int(per_second * SETTLE) + count, asyncio.Event()
    doorbell, stop = Doorbell(url), asyncio.Event()
    relay = Relay(url, world.kafka, source="/guichet/auth", doorbell=doorbell, health=Health())

    async def commit(db: Database) -> None:
        id_, own = new_id(), event.model_copy(update={"account_id": AccountId(new_id())})
        async with db.transaction() as tx:
            await outbox.insert(tx, own, event_id=id_)
        committed[id_] = time.perf_counter()
        doorbell.ring()

    with _noting(acknowledged, every, all_of_them):
        async with open_database(url) as db, asyncio.TaskGroup() as tasks:
            tasks.create_task(doorbell.run(stop))
            tasks.create_task(relay.run(stop))
            await at_rate(per_second, every, lambda _: commit(db))
            async with asyncio.timeout(10):
                await all_of_them.wait()
            stop.set()
    return [acknowledged[id_] - committed[id_] for id_ in committed][-count:]


@contextmanager
def _noting(acknowledged: dict[UUID, float], every: int, all_of_them: asyncio.Event) -> Iterator[None]:
    """When a publisher returns, Kafka has acknowledged what it was given. `every`: how many rows there will be."""
    publish = Publisher.publish

    async def noted(self: Publisher, rows: Sequence[asyncpg.Record]) -> None:
        await publish(self, rows)
        now = time.perf_counter()
        acknowledged.update((row["id"], now) for row in rows)
        if len(acknowledged) == every:
            all_of_them.set()

    Publisher.publish = noted  # type: ignore[assignment]
    try:
        yield
    finally:
        Publisher.publish = publish  # type: ignore[method-assign]
