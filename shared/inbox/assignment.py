"""Which partitions are ours, and how far we are in each.

Kafka's own memory of offsets is not believed: a partition we are given is paused, our table is asked, and reading goes
on where the table says. Until then nothing of it is handled. So neither a lost commit, nor a restored database, nor a
database that is down during a rebalance makes a consumer skip anything.

A partition of another topic's id, or one that ends before our offset, is not the one our table speaks of: its topic was
deleted and made again, or the broker's disk was emptied. It is read from its beginning; what of it was handled before
has no second effect.
"""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import KafkaError

from shared.db import Database
from shared.errors import DatabaseUnavailable
from shared.health import Health
from shared.inbox.offsets import Displaced, Place, begin_offsets, save_offsets, save_topic_ids
from shared.inbox.replaced import find_replaced, tell_replaced
from shared.kafka.topic_ids import find_topic_ids
from shared.process import wait_for

PART = "consumer"  # in the health report
GRACE = 5.0  # seconds a rebalance waits for the batch under way; later its effects are single all the same
AGAIN = 0.5  # seconds between two tries to find out where to read on
LOOK_EVERY = 3.0  # seconds between two looks whether our topics are still those
ANSWER_WITHIN = 3.0  # seconds


class HasConsumer(Protocol):
    """FastStream's subscriber: its consumer exists once it has started."""

    consumer: AIOKafkaConsumer | None


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """`next_offsets`: of each partition that is ours and may be handled, the offset up to which all is done."""

    def __init__(self, db: Database, consumer: str, prefix: str, health: Health) -> None:
        self._db, self._consumer, self._prefix, self._health = db, consumer, prefix, health
        self._given: frozenset[TopicPartition] = frozenset()
        self._changed = asyncio.Event()
        self._ids: dict[Place, UUID] = {}  # of the topics that we read, as far as Kafka tells them
        self._sizes: Mapping[str, int] = {}  # partitions of each topic when we were given ours
        self.subscriber: HasConsumer | None = None
        self.next_offsets: dict[Place, int] = {}
        self.working = asyncio.Lock()  # held while a batch is handled

    @property
    def kafka(self) -> AIOKafkaConsumer:
        consumer = self.subscriber and self.subscriber.consumer
        assert consumer is not None  # noqa: S101 -- nobody is given a partition before the start
        return consumer

    def place(self, partition: TopicPartition) -> Place:
        return Place(partition.topic.removeprefix(self._prefix), partition.partition)

    def partition(self, place: Place) -> TopicPartition:
        return TopicPartition(self._prefix + place.topic, place.partition)

    def leave_for_good(self) -> None:
        """From the group, when the consumer stops. aiokafka keeps a static member in it, which is right for one that
        dies and comes back; whoever is asked to end makes way, and may be replaced under another name."""
        if coordinator := self._coordinator:
            coordinator._group_instance_id = None  # noqa: SLF001 -- there is no other way to say so

    @property
    def _coordinator(self) -> GroupCoordinator | None:
        """aiokafka's; there is none before Kafka was reached."""
        consumer = self.subscriber and self.subscriber.consumer
        return consumer and consumer._coordinator  # noqa: SLF001 -- nothing public tells of it

    @property
    def waiting(self) -> bool:
        """Whether partitions that are ours have not been positioned yet."""
        return bool(self._given) and not self.next_offsets

    async def reached(self, place: Place) -> int | None:
        """The offset up to which all is handled, while `working` is held; None where the place is not ours any more.

        Kafka's position also passes what holds no message (a compacted or expired end, marks of transactions).
        """
        position: int = await self.kafka.position(self.partition(place))
        handled = self.next_offsets.get(place)
        return None if handled is None else max(handled, position)

    async def receded(self, handled: Mapping[Place, int], ends: Mapping[Place, int]) -> bool:
        """Whether a partition ends before what is `handled`, or had ended there when Kafka was asked for more."""
        positions = {place: await self.kafka.position(self.partition(place)) for place in ends}
        return any(min(end, positions[place]) < handled[place] for place, end in ends.items())

    def advance(self, offsets: Mapping[Place, int]) -> None:
        """After a commit; what is no longer ours is left out."""
        self.next_offsets.update({place: offset for place, offset in offsets.items() if place in self.next_offsets})

    def forget(self) -> None:
        """Nothing more is to be handled."""
        self.next_offsets = {}

    def position_again(self) -> None:
        """To where the table says, as soon as it can be asked."""
        self.kafka.pause(*self._given)
        self.forget()
        self._changed.set()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE), self.working:
                pass  # whoever gets our partitions finds our offsets there
        self.forget()
        self._given = frozenset()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self._given = frozenset(assigned)
        self._sizes = self._sizes_now()
        self.position_again()

    async def ends(self, places: Collection[Place]) -> dict[Place, int]:
        """The offset behind the last message of each. Raises KafkaError, TimeoutError."""
        if not places:
            return {}
        async with asyncio.timeout(ANSWER_WITHIN):
            found = await self.kafka.end_offsets([self.partition(place) for place in places])
        return {self.place(partition): end for partition, end in found.items()}

    async def keep_positioned(self, stop: asyncio.Event) -> None:
        """Sends each new assignment to where the table says, as soon as it and Kafka can be asked; and has an eye on
        topics that are made again or grow. Whoever leads the group does so, too; but a static member that comes back
        may lead it without knowing (KIP-345: it is told so from version 9 of JoinGroup on)."""
        now = asyncio.get_running_loop().time
        looked_at = now()
        while not stop.is_set():
            if not await wait_for(self._changed, AGAIN):
                if now() - looked_at >= LOOK_EVERY:
                    looked_at = now()
                    await self._look_at_topics()
                continue
            self._changed.clear()
            given = self._given
            try:
                offsets = await self._find_offsets([self.place(one) for one in given])
            except (DatabaseUnavailable, KafkaError, TimeoutError, Displaced) as error:
                self._health.degraded(PART, f"it cannot be known where to read on: {type(error).__name__}: {error}")
                self._changed.set()
                await wait_for(stop, AGAIN)
                continue
            if given == self._given and not self._changed.is_set():
                self._position(given, offsets)

    async def _look_at_topics(self) -> None:
        if self._given and self._sizes_now() != self._sizes and (coordinator := self._coordinator):
            coordinator.request_rejoin()
        with suppress(KafkaError, TimeoutError):  # the next look will do
            ids = await self._topic_ids(list(self.next_offsets))
            if any(self._ids.get(place, topic_id) != topic_id for place, topic_id in ids.items()):
                self.position_again()

    def _sizes_now(self) -> Mapping[str, int]:
        found = {topic: self.kafka.partitions_for_topic(topic) for topic in self.kafka.subscription()}
        return {topic: len(partitions) for topic, partitions in found.items() if partitions}

    async def _find_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """What the table says, after it has been told of partitions that are not those it speaks of."""
        known = await begin_offsets(self._db, self._consumer, places)
        self._ids = ids = await self._topic_ids(places)
        ends = await self.ends(places)
        offsets = {place: one.next_offset for place, one in known.items()}
        replaced = find_replaced(known, ids, ends)
        from_start = dict.fromkeys(replaced, 0)
        if replaced or any(known[place].topic_id != topic_id for place, topic_id in ids.items()):
            async with self._db.transaction() as tx:
                await save_offsets(tx, self._consumer, replaced, from_start)
                await save_topic_ids(tx, self._consumer, ids)
        if replaced:
            tell_replaced(self._consumer, self._health, replaced, ends)
        return offsets | from_start

    async def _topic_ids(self, places: Collection[Place]) -> dict[Place, UUID]:
        """Left out where Kafka tells none."""
        async with asyncio.timeout(ANSWER_WITHIN):
            found = await find_topic_ids(self.kafka, {self.partition(place).topic for place in places})
        return {place: found[topic] for place in places if (topic := self.partition(place).topic) in found}

    def _position(self, given: Collection[TopicPartition], offsets: Mapping[Place, int]) -> None:
        for one in given:
            self.kafka.seek(one, offsets[self.place(one)])
        self.next_offsets = dict(offsets)
        self.kafka.resume(*given)
