"""Two relays, one of them killed every two seconds, and transactions that commit crosswise all the while."""

import asyncio
import random
import sys
from pathlib import Path
from uuid import UUID

from deploy.local.child import Child
from shared.db import Database
from shared.doorbell import Doorbell
from shared.events.cloudevents import parse_envelope
from shared.health import Health
from shared.ids import new_id
from shared.kafka.settings import KafkaSettings
from shared.outbox import Relay, insert, scan
from shared.process import Role, run_roles, stop_on_signals, wait_for
from tests.integration.bus.facts import Log, fact, lock
from tests.support.forked import start
from tests.support.stack import TestDatabase
from tests.support.waiting import until

KILLS = 4
KILLED_EVERY = 2.0  # seconds
WRITERS = 12
PAUSES = (0, 0, 0, 0, 0.005, 0.05, 0.3)  # seconds from a transaction's inserts to its commit


class Crowd:
    """Each transaction is about two of a few keys; how long it takes is left to chance."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._chance = random.Random(11)  # noqa: S311 -- the same dice each time
        self.written: dict[UUID, int] = {new_id(): 0 for _ in range(120)}

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as writers:
            for _ in range(WRITERS):
                writers.create_task(self._write(stop))

    async def _write(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            keys = sorted(self._chance.sample(list(self.written), 2))
            async with self._db.transaction() as tx:
                for key in keys:
                    await lock(tx, key)
                for key in keys:
                    self.written[key] += 1
                    await insert(tx, fact(key, self.written[key]))
                await tx.execute("select pg_sleep($1)", self._chance.choice(PAUSES))

    @property
    def expected(self) -> dict[UUID, list[int]]:
        return {key: [*range(1, last + 1)] for key, last in self.written.items() if last}


async def test_keys_keep_their_order_while_one_of_two_relays_is_killed_every_two_seconds(
    auth_database: TestDatabase, kafka_settings: KafkaSettings, db: Database, log: Log, tmp_path: Path
):
    crowd, stop = Crowd(db), asyncio.Event()
    argv = (auth_database.url, kafka_settings.servers, kafka_settings.prefix)

    async def started(name: str) -> Child:
        log = tmp_path / f"{name}.log"
        return Child(name, await start(__file__, (*argv, f"/guichet/{name}"), {}, log), log)  # type: ignore[arg-type]

    relays = {name: await started(name) for name in ("one", "two")}
    try:
        async with asyncio.TaskGroup() as writers:
            writers.create_task(crowd.run(stop))
            for name in ("one", "two") * (KILLS // 2):
                await until(lambda: carried_by_two(log))
                await wait_for(stop, KILLED_EVERY)
                await relays[name].kill()
                relays[name] = await started(name)
            stop.set()
        await until(lambda: emptied(db))
    finally:
        await asyncio.gather(*(relay.stop() for relay in relays.values()))

    assert await log.numbers() == crowd.expected
    assert sum(crowd.written.values()) > 300


async def carried_by_two(log: Log) -> bool:
    """Whether both were at work."""
    return len({parse_envelope(record.headers).source for record in await log.read()}) == 2


async def emptied(db: Database) -> bool:
    return not await db.fetchval("select exists (select from outbox)")


async def main(url: str, servers: str, prefix: str, source: str) -> None:
    stop, health, doorbell = asyncio.Event(), Health(), Doorbell(url)
    stop_on_signals(stop)
    scan.TRAIL = 0  # so that nothing but its key leads to a row that commits late, or a look back after a second
    relay = Relay(url, KafkaSettings(servers, prefix=prefix), source=source, doorbell=doorbell, health=health)
    await run_roles([Role("relay", relay.run, settles_in=None)], stop, health)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
