"""How many messages a topic holds, asked of the broker: what came out at the other end, without reading it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.world import World
from shared.events import Topic
from shared.kafka.topics import SHAPES


@dataclass(frozen=True, slots=True)
class Progress:
    consumer: AIOKafkaConsumer
    partitions: tuple[TopicPartition, ...]

    async def now(self) -> int:
        return sum((await self.consumer.end_offsets(self.partitions)).values())


@contextlib.asynccontextmanager
async def open_progress(world: World, topic: Topic) -> AsyncIterator[Progress]:
    consumer = AIOKafkaConsumer(**world.kafka.connection())
    await consumer.start()
    try:
        partitions = next(shape.partitions for shape in SHAPES if shape.topic is topic)
        yield Progress(consumer, tuple(TopicPartition(world.kafka.topic(topic), n) for n in range(partitions)))
    finally:
        await consumer.stop()
