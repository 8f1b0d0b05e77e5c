"""Between FastStream and us: records as they came, and which of them are ours to handle."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord, TopicPartition
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from shared.inbox.assignment import Assignment
from shared.inbox.messages import Message

Record: TypeAlias = ConsumerRecord[Any, Any]


def ours(records: Sequence[Record], assignment: Assignment) -> list[Message]:
    """The messages to handle.

    Not ours is what was fetched before a partition was sent to where the table says, and what is handled already.
    """
    messages: list[Message] = []
    for record in records:
        place = assignment.place(TopicPartition(record.topic, record.partition))
        if record.offset >= assignment.next_offsets.get(place, record.offset + 1):
            messages.append(Message(*place, record.offset, record.key, tuple(record.headers), record.value))
    return messages


async def untouched(records: tuple[Record, ...]) -> KafkaMessage:
    """In the place of FastStream's parser, which fails on a header that is not UTF-8 and then drops the batch."""
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def as_records(message: KafkaMessage) -> Any:
    return message.raw_message
