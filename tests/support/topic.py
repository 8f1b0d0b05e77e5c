"""What a subscriber finds on a topic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.events.base import Event
from shared.events.cloudevents import Envelope, parse_envelope
from shared.events.registry import event_class
from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings
from tests.support.waiting import until


@dataclass(frozen=True, slots=True)
class Message:
    """`event` None: the mark that something was erased."""

    envelope: Envelope
    event: Event | None
    key: UUID
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None
    partition: int
    offset: int


async def read_topic(kafka: KafkaSettings, topic: Topic) -> list[Message]:
    """Everything on it by now; each key's messages in their order."""
    consumer = AIOKafkaConsumer(kafka.topic(topic), auto_offset_reset="earliest", **kafka.connection())
    async with consumer:
        await until(consumer.assignment)
        found: list[Message] = []
        ends = {place: end for place, end in (await consumer.end_offsets(consumer.assignment())).items() if end}
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found.extend(_message(record) for record in records)
        return found


async def send_again(
    kafka: KafkaSettings, topic: Topic, message: Message, *, headers: Sequence[tuple[str, bytes]] | None = None
) -> None:
    """As a relay that died before it could delete the row; or with other headers, as somebody who plays tricks."""
    async with AIOKafkaProducer(**kafka.connection()) as producer:
        sent = list(message.headers if headers is None else headers)
        await producer.send_and_wait(kafka.topic(topic), message.value, key=str(message.key).encode(), headers=sent)


def by_key(messages: list[Message]) -> Mapping[UUID, list[Message]]:
    found: dict[UUID, list[Message]] = {}
    for message in messages:
        found.setdefault(message.key, []).append(message)
    return found


def of_type(messages: list[Message], kind: type[Event]) -> Iterator[Message]:
    return (message for message in messages if message.envelope.type == kind.type)


def _message(record: object) -> Message:
    envelope = parse_envelope(record.headers)  # type: ignore[attr-defined]
    value: bytes | None = record.value  # type: ignore[attr-defined]
    return Message(
        envelope,
        None if value is None else event_class(envelope.type).model_validate_json(value),
        UUID(record.key.decode()),  # type: ignore[attr-defined]
        tuple(record.headers),  # type: ignore[attr-defined]
        value,
        record.partition,  # type: ignore[attr-defined]
        record.offset,  # type: ignore[attr-defined]
    )
