"""Topics on a cluster: what it lacks, and making it so."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES, TopicShape

COPIES = 3  # of each partition, where there are as many brokers


async def missing_topics(kafka: KafkaSettings) -> Sequence[TopicShape]:
    """Raises KafkaError."""
    async with _admin(kafka) as admin:
        return await _missing(kafka, admin)


async def apply_topics(kafka: KafkaSettings) -> Sequence[TopicShape]:
    """Makes what is missing, and returns it. Safe to run by several at once. Raises KafkaError."""
    async with _admin(kafka) as admin:
        missing = await _missing(kafka, admin)
        if not missing:
            return ()
        copies = min(COPIES, len((await admin.describe_cluster())["brokers"]))
        answer = await admin.create_topics(
            [
                NewTopic(kafka.topic(shape.topic), shape.partitions, copies, topic_configs=shape.config)
                for shape in missing
            ]
        )
        for name, code, why in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise for_code(code)(f"{name}: {why}")
        return missing


async def _missing(kafka: KafkaSettings, admin: AIOKafkaAdminClient) -> Sequence[TopicShape]:
    there = set(await admin.list_topics())
    return [shape for shape in SHAPES if kafka.topic(shape.topic) not in there]


@asynccontextmanager
async def _admin(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**kafka.connection())
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
