"""Rows to Kafka: one batch of records per partition, acknowledged by all replicas, none twice by the broker's doing."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import asyncpg
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from shared import faults
from shared.events.cloudevents import Envelope, headers
from shared.ids import EventId, PortalName
from shared.kafka.partition import partition_of
from shared.kafka.settings import KafkaSettings
from shared.kafka.unreached import telling_why

BATCH_BYTES = 512 * 1024  # per partition; a broker takes 1 MiB unless told otherwise
REQUEST_TIMEOUT = 5.0  # seconds for one exchange with a broker, the first connection included
ACKNOWLEDGED_WITHIN = 6.0  # seconds; later than that the producer is thrown away


class NotAcknowledged(Exception):
    """Kafka did not confirm in time; the rows are still in the table."""


class NoSuchTopic(Exception):
    """A topic was not made yet, or was deleted: its rows wait, and the others of this relay with them."""


class Publisher:
    """One producer's life. After a failure it is of no use any more."""

    def __init__(self, producer: AIOKafkaProducer, kafka: KafkaSettings, source: str) -> None:
        self._producer, self._kafka, self._source = producer, kafka, source

    async def publish(self, rows: Iterable[asyncpg.Record]) -> dict[TopicPartition, int]:
        """Returns when the broker has all of them, in the order given per key: the offsets behind them.

        Raises NotAcknowledged, and what aiokafka raises.
        """
        batches = await self._batches(rows)
        sent: dict[asyncio.Future[RecordMetadata], int] = {
            await self._producer.send_batch(batch, topic, partition=partition): batch.record_count()
            for (topic, partition), of_partition in batches.items()
            for batch in of_partition
        }
        faults.passing("relay.after_produce")
        done, late = await asyncio.wait(sent, timeout=ACKNOWLEDGED_WITHIN, return_when=asyncio.FIRST_EXCEPTION)
        for future in late:
            future.cancel()
        for future in done:
            future.result()
        if late:
            raise NotAcknowledged(f"Kafka acknowledged nothing for {ACKNOWLEDGED_WITHIN:g} s")
        ends: dict[TopicPartition, int] = {}
        for future, count in sent.items():
            first = future.result()
            ends[first.topic_partition] = max(first.offset + count, ends.get(first.topic_partition, 0))
        return ends

    async def _batches(self, rows: Iterable[asyncpg.Record]) -> dict[tuple[str, int], list[BatchBuilder]]:
        filled: dict[tuple[str, int], list[BatchBuilder]] = defaultdict(list)
        for row in rows:
            topic = self._kafka.prefix + row["aggregatetype"]
            key = str(row["aggregateid"]).encode()
            partition = await self._partition(topic, key)
            batches = filled[topic, partition]
            if not batches or not self._append(batches[-1], key, row):
                batches.append(self._producer.create_batch())
                self._append(batches[-1], key, row)
        return filled

    def _append(self, batch: BatchBuilder, key: bytes, row: asyncpg.Record) -> bool:
        envelope = Envelope(
            id=EventId(row["id"]),
            source=self._source,
            type=row["type"],
            subject=str(row["aggregateid"]),
            time=row["occurred_at"],
            portal=PortalName(row["portal"]),
            traceparent=row["traceparent"],
        )
        return batch.append(key=key, value=row["payload"], timestamp=None, headers=headers(envelope)) is not None

    async def _partition(self, topic: str, key: bytes) -> int:
        try:
            partitions: Sequence[int] = sorted(await self._producer.partitions_for(topic))
        except UnknownTopicOrPartitionError:
            raise NoSuchTopic(f"Kafka has no topic {topic}: guichet topics apply makes it") from None
        return partitions[partition_of(key, len(partitions))]


@asynccontextmanager
async def open_publisher(kafka: KafkaSettings, source: str) -> AsyncIterator[Publisher]:
    """Raises KafkaConnectionError where no broker can be used."""
    producer = AIOKafkaProducer(
        **kafka.connection(),
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=int(REQUEST_TIMEOUT * 1000),
    )
    try:
        with telling_why():
            await producer.start()
        yield Publisher(producer, kafka, source)
    finally:
        await _throw_away(producer)


async def _throw_away(producer: AIOKafkaProducer) -> None:
    """At once, even while Kafka is down: `stop` would first wait, for ever, for what cannot be delivered.

    A producer left to itself would go on trying, and send what another has sent since. Nothing public prevents that.
    """
    sender, waiting = producer._sender.sender_task, producer._message_accumulator  # noqa: SLF001
    await producer.client.close()
    while sender is not None and not sender.done():  # a first cancellation only makes it wait for requests under way
        sender.cancel()
        await asyncio.wait([sender], timeout=0.1)
    waiting._batches.clear()  # noqa: SLF001
    waiting._pending_batches.clear()  # noqa: SLF001
    await producer.stop()
