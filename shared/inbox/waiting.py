"""What waits for somebody's decision, and what for its time: counted for operators."""

import asyncio

import structlog
from prometheus_client import Gauge

from shared.db import Database
from shared.errors import DatabaseUnavailable
from shared.process import wait_for

log = structlog.get_logger()

EVERY = 5.0  # seconds

DEAD = Gauge("guichet_inbox_dead_letters_waiting", "Dead letters nobody has replayed or discarded yet", ["consumer"])
PARKED = Gauge("guichet_inbox_parked", "Messages that wait to be tried again, and those of their keys", ["consumer"])

COUNT = """
    select (select count(*) from dead_letters where consumer = $1 and state = 'waiting') as dead,
           (select count(*) from inbox_parked where consumer = $1) as parked
"""


async def keep_counting(db: Database, consumer: str, stop: asyncio.Event) -> None:
    """Until `stop`. Each process of a consumer counts all there is."""
    while not stop.is_set():
        try:
            await count(db, consumer)
        except DatabaseUnavailable as error:
            log.warning("inbox.not_counted", consumer=consumer, reason=str(error))
        await wait_for(stop, EVERY)


async def count(db: Database, consumer: str) -> None:
    [row] = await db.fetch(COUNT, consumer)
    DEAD.labels(consumer).set(row["dead"])
    PARKED.labels(consumer).set(row["parked"])
