"""Numbered facts about keys, written and read back: what order and loss are judged by."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.db import Transaction
from shared.events import PasswordRegenerated, Topic
from shared.events.cloudevents import Envelope, headers, parse_envelope
from shared.ids import AccountId, EventId, PortalName, new_id
from shared.kafka.settings import KafkaSettings
from shared.telemetry.traces import current_traceparent
from tests.support.waiting import until

PORTAL = PortalName("egec")
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def fact(key: UUID, number: int, *, sealed: str = "sealed") -> PasswordRegenerated:
    """`number` travels as the generation."""
    return PasswordRegenerated(
        portal=PORTAL,
        account_id=AccountId(key),
        generation=number,
        contact_version=1,
        deliver_until=LATER,
        expires_at=None,
        sealed=sealed,
    )


async def lock(tx: Transaction, key: UUID) -> None:
    """In the place of the key's row, which every writer of facts about it locks."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", str(key))


def number_of(record: ConsumerRecord) -> int:
    return PasswordRegenerated.model_validate_json(record.value).generation


def numbers_by_key(records: Iterable[ConsumerRecord]) -> dict[UUID, list[int]]:
    """In the order they lie in Kafka, second copies of an event left out as every consumer does."""
    seen: set[EventId] = set()
    numbers: dict[UUID, list[int]] = defaultdict(list)
    for record in records:
        id_ = parse_envelope(record.headers).id
        if id_ not in seen:
            numbers[UUID(record.key.decode())].append(number_of(record))
        seen.add(id_)
    return dict(numbers)


class Log:
    """All that lies on a topic, as it comes."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.records: list[ConsumerRecord] = []

    async def read(self) -> Sequence[ConsumerRecord]:
        """What there is by now, from the beginning."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        while any([await self._consumer.position(one) < end for one, end in ends.items()]):
            for records in (await self._consumer.getmany(timeout_ms=200)).values():
                self.records += records
        return self.records

    async def numbers(self) -> dict[UUID, list[int]]:
        return numbers_by_key(await self.read())


@asynccontextmanager
async def open_log(kafka: KafkaSettings, topic: Topic = Topic.ACCOUNTS) -> AsyncIterator[Log]:
    consumer = AIOKafkaConsumer(**kafka.connection(), auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        name = kafka.topic(topic)
        await consumer._client._wait_on_metadata(name)
        partitions = consumer.partitions_for_topic(name)
        consumer.assign([TopicPartition(name, number) for number in sorted(partitions)])
        yield Log(consumer)
    finally:
        await consumer.stop()


class Writer:
    """A producer of ours, or of a stranger."""

    def __init__(self, producer: AIOKafkaProducer, kafka: KafkaSettings) -> None:
        self._producer, self._kafka = producer, kafka

    async def write(self, event: PasswordRegenerated, *, event_id: UUID | None = None) -> EventId:
        envelope = envelope_of(event, event_id)
        await self.write_raw(event.topic, str(event.key).encode(), headers(envelope), event.payload)
        return envelope.id

    async def write_raw(
        self, topic: Topic, key: bytes | None, raw_headers: list[tuple[str, bytes]], value: bytes | None
    ) -> None:
        await self._producer.send_and_wait(self._kafka.topic(topic), value, key, headers=raw_headers, partition=0)


def envelope_of(event: PasswordRegenerated, event_id: UUID | None = None) -> Envelope:
    return Envelope(
        id=EventId(event_id or new_id()),
        source="/guichet/auth",
        type=event.type,
        subject=str(event.key),
        time=datetime.now(UTC),
        portal=event.portal,
        traceparent=current_traceparent(),
    )


@asynccontextmanager
async def open_writer(kafka: KafkaSettings) -> AsyncIterator[Writer]:
    producer = AIOKafkaProducer(**kafka.connection(), max_request_size=4 * 1024 * 1024)
    await producer.start()
    try:
        yield Writer(producer, kafka)
    finally:
        await producer.stop()


async def make_again(admin: AIOKafkaAdminClient, topic: str) -> None:
    """A topic, with nothing in it."""
    await admin.delete_topics([topic])

    async def made() -> bool:
        answer = await admin.create_topics([NewTopic(topic, 2, 1)])
        return all(code == 0 for _, code, _ in answer.topic_errors)

    await until(made)
