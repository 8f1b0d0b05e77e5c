"""After a restore: a service hears again what it told others, and knows it again.

A database brought back from a backup lacks what was committed since. The facts of that time are still in Kafka, and
others have acted on them. So before the service starts it is given its own topics, whole: of what it knows already
nothing changes, the rest becomes true again. What of the outbox is in Kafka is deleted: it was told, in its order.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from deploy.cli.faults import CommandFailed
from shared.db import Database, Transaction
from shared.events.cloudevents import Undecodable
from shared.events.topics import Topic
from shared.inbox import Received
from shared.inbox.decode import decode
from shared.inbox.messages import Message
from shared.kafka.admin import find_partitions
from shared.kafka.settings import KafkaSettings
from shared.outbox.told import delete_told, is_carried

LOT = 1000  # facts in a transaction
SILENCE = 15  # seconds, of a broker that has more


class Recollection(Protocol):
    """What one service makes of its own facts."""

    @property
    def topics(self) -> Sequence[Topic]:
        """In the order in which they are to be heard."""
        ...

    async def take(self, tx: Transaction, received: Sequence[Received]) -> None:
        """A lot of one topic, never an empty one, in order per key. What is known already changes nothing."""
        ...

    async def finish(self, tx: Transaction) -> Sequence[str]:
        """When all was heard: what had to wait for that, and a line for each thing that somebody has to see to."""
        ...


class Heard(NamedTuple):
    """`unreadable`: of a newer version, or nobody's of ours."""

    facts: int
    unreadable: int


async def recall(db: Database, kafka: KafkaSettings, recollection: Recollection) -> Heard:
    """Several times is as once.

    Raises CommandFailed, KafkaError, DatabaseUnavailable.
    """
    if await is_carried(db):
        raise CommandFailed("the service runs: stop every process of it first")
    facts = messages = 0
    for topic in recollection.topics:
        async for records in _lots(kafka, topic):
            received = _readable(topic, records)
            if received:
                async with db.transaction() as tx:
                    await recollection.take(tx, received)
                    await delete_told(tx, [one.envelope.id for one in received])
            facts, messages = facts + len(received), messages + len(records)
    return Heard(facts, messages - facts)


async def _lots(kafka: KafkaSettings, topic: Topic) -> AsyncIterator[Sequence[ConsumerRecord[Any, Any]]]:
    """All there is by now, from the beginning. Belongs to no group: it takes nothing from anybody."""
    consumer = AIOKafkaConsumer(**kafka.connection(), enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        partitions = [one for one in await find_partitions(kafka) if one.topic == kafka.topic(topic)]
        if not partitions:
            raise CommandFailed(f"Kafka has no topic {kafka.topic(topic)}: what was told is lost with it")
        await consumer.start()
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        while any([await consumer.position(one) < end for one, end in ends.items()]):
            found = await consumer.getmany(timeout_ms=SILENCE * 1000, max_records=LOT)
            if not found:
                raise CommandFailed(f"Kafka has more of {topic}, and gave out nothing for {SILENCE} s: try again")
            yield [record for records in found.values() for record in records]
    finally:
        await consumer.stop()


def _readable(topic: Topic, records: Sequence[ConsumerRecord[Any, Any]]) -> Sequence[Received]:
    received: list[Received] = []
    for record in records:
        message = Message(topic, record.partition, record.offset, record.key, tuple(record.headers), record.value)
        with suppress(Undecodable):
            received.append(decode(message))
    return received
