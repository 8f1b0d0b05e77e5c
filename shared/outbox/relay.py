"""The relay: rows of the outbox to Kafka, in order per key, at least once.

A row is deleted when Kafka has it, and only then: there is no cursor that could pass over a row that commits late.
What fails ends the relay, with its producer and its connection; started again, it begins from the table.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import asyncpg
from prometheus_client import Histogram

from shared import faults
from shared.doorbell import Doorbell
from shared.health import Health
from shared.kafka.settings import KafkaSettings
from shared.outbox.insert import Lane
from shared.outbox.pacing import Pacing
from shared.outbox.publisher import Publisher, open_publisher
from shared.outbox.rows import delete
from shared.outbox.scan import Scan
from shared.outbox.shards import Shards
from shared.outbox.waiting import measure
from shared.process import side_by_side, wait_for

PART = "relay"  # in the health report
POLL = 0.2  # seconds between two looks when nobody rings
BALANCE = 1.0  # seconds between two looks at who else carries
SILENCE = 2.0  # seconds without an acknowledgement before the health report says so
BATCH = {Lane.LIVE: 1000, Lane.BULK: 300}  # rows; a bulk batch is what a live row may have to wait for

SESSION = {
    # A deletion lost in a crash is made up for by a second delivery, which the contract allows.
    "synchronous_commit": "off",
    # A plan is made while the table is empty and kept while it grows to a million rows: always by the indexes, then.
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}

BATCH_ROWS = Histogram(
    "guichet_outbox_batch_rows", "Rows sent to Kafka at once", ["lane"], buckets=(1, 3, 10, 30, 100, 300, 1000)
)


class Relay:
    """Carries one service's outbox to Kafka. Several may run: they share the keys among them.

    `source` is the CloudEvents source of the facts, such as `/guichet/auth`. Bulk rows wait for the consumers of
    `paced_by` to read the ones before.
    """

    def __init__(
        self,
        database_url: str,
        kafka: KafkaSettings,
        *,
        source: str,
        doorbell: Doorbell,
        health: Health,
        paced_by: Collection[str] = (),
    ) -> None:
        self._url, self._kafka, self._source, self._paced_by = database_url, kafka, source, paced_by
        self._doorbell, self._health = doorbell, health

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, when the batch under way is finished.

        Raises what ended it: a failed send, a lost connection. Whoever runs it starts it again.
        """
        pacing = Pacing(self._kafka, self._paced_by, opened=self._doorbell.heard.set)
        async with open_publisher(self._kafka, self._source) as publisher, self._connected() as connection:
            self._health.well(PART)
            await side_by_side(self._carry(connection, publisher, pacing, stop), pacing.watch(stop))

    async def measure(self, stop: asyncio.Event) -> None:
        """A role of its own: what waits is counted just when Kafka is away and `run` cannot even begin.

        Raises what asyncpg or the network raises.
        """
        await measure(self._url, stop)

    async def _carry(
        self, connection: asyncpg.Connection, publisher: Publisher, pacing: Pacing, stop: asyncio.Event
    ) -> None:
        now = asyncio.get_running_loop().time
        shards = Shards(connection)
        await shards.join()
        scans = [Scan(lane, BATCH[lane]) for lane in Lane]  # live first
        balanced_at = float("-inf")
        while not stop.is_set():
            self._doorbell.heard.clear()
            if now() - balanced_at >= BALANCE:
                balanced_at = now()
                if await shards.balance():
                    for scan in scans:
                        scan.begin_anew()
            if not await self._carry_batch(connection, publisher, pacing, scans, shards.held):
                await wait_for(self._doorbell.heard, POLL)

    async def _carry_batch(
        self,
        connection: asyncpg.Connection,
        publisher: Publisher,
        pacing: Pacing,
        scans: Sequence[Scan],
        shards: Sequence[int],
    ) -> bool:
        """Whether there was one: of the first lane that has rows, so a bulk row goes only while no live one waits."""
        for scan in scans:
            if scan.lane is Lane.BULK and not pacing.open:
                continue
            rows = await scan.next(connection, shards, asyncio.get_running_loop().time())
            if rows:
                faults.passing("relay.after_fetch")
                with self._telling_silence():
                    ends = await publisher.publish(rows)
                faults.passing("relay.after_ack")
                await delete(connection, rows)
                if scan.lane is Lane.BULK:
                    pacing.sent(len(rows), ends)
                BATCH_ROWS.labels(scan.lane.name.lower()).observe(len(rows))
                return True
        return False

    @contextmanager
    def _telling_silence(self) -> Iterator[None]:
        why = f"Kafka has acknowledged nothing for {SILENCE:g} s; the outbox waits"
        timer = asyncio.get_running_loop().call_later(SILENCE, self._health.degraded, PART, why)
        try:
            yield
        finally:
            timer.cancel()
        self._health.well(PART)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection of its own, whose end gives the shards to others at once."""
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=10, server_settings=SESSION)
        try:
            await self._doorbell.listen_on(connection)
            yield connection
        finally:
            connection.terminate()
