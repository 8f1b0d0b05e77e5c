"""How much waits in the outbox, and how long already: what an operator watches while Kafka is down."""

import asyncio

import asyncpg
from prometheus_client import Gauge

from shared.outbox.insert import Lane
from shared.process import wait_for

WAITING = Gauge("guichet_outbox_rows_waiting", "Rows of the outbox not yet acknowledged by Kafka", ["lane"])
OLDEST = Gauge("guichet_outbox_oldest_seconds", "Age of the oldest row of the outbox, 0 when it is empty", ["lane"])

EVERY = 5.0  # seconds between two counts
SHARE = 0.02  # of the time at most is spent on counting, however large the table is

COUNT = """
    select lane, count(*) as waiting, extract(epoch from clock_timestamp() - min(occurred_at))::float8 as oldest
      from outbox
     group by lane
"""


async def measure(database_url: str, stop: asyncio.Event) -> None:
    """Keeps the two gauges current, on a connection of its own: counting must not hold up the rows."""
    connection = await asyncpg.connect(database_url, timeout=5, command_timeout=60)
    try:
        while not stop.is_set():
            begun = asyncio.get_running_loop().time()
            await _count(connection)
            taken = asyncio.get_running_loop().time() - begun
            await wait_for(stop, max(EVERY, taken / SHARE))
    finally:
        connection.terminate()


async def _count(connection: asyncpg.Connection) -> None:
    found = {row["lane"]: row for row in await connection.fetch(COUNT)}
    for lane in Lane:
        row = found.get(lane)
        WAITING.labels(lane.name.lower()).set(row["waiting"] if row else 0)
        OLDEST.labels(lane.name.lower()).set(row["oldest"] if row else 0)
