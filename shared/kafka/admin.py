"""A cluster brought in line with `topics.py`: what is missing is made, nothing is ever taken away."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES, TopicShape
from shared.kafka.unreached import telling_why

CLUSTERS_OWN = -1  # replication: what the cluster's `default.replication.factor` says
ANSWER_WITHIN_MS = 15_000


class TopicRefused(KafkaError):  # type: ignore[misc]  # aiokafka is not typed
    """The cluster did not make a topic; the text says which and why."""


async def missing_topics(kafka: KafkaSettings) -> list[TopicShape]:
    """What `apply_topics` would make. Raises KafkaConnectionError where no broker answers."""
    async with open_admin(kafka) as admin:
        return await _missing(admin, kafka)


async def apply_topics(kafka: KafkaSettings) -> list[TopicShape]:
    """Makes what is missing, and returns it. Raises TopicRefused, KafkaConnectionError.

    Safe to run by several at once: what another has just made is there, which is all that was wanted.
    """
    async with open_admin(kafka) as admin:
        missing = await _missing(admin, kafka)
        if missing:
            await make_topics(admin, kafka, missing)
        return missing


async def make_topics(admin: AIOKafkaAdminClient, kafka: KafkaSettings, shapes: Sequence[TopicShape]) -> None:
    """Raises TopicRefused. One that is there already is left as it is."""
    answer = await admin.create_topics([_new(shape, kafka) for shape in shapes], timeout_ms=ANSWER_WITHIN_MS)
    for name, code, why in answer.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise TopicRefused(f"{name}: {why or for_code(code).__name__}")


async def find_partitions(kafka: KafkaSettings) -> list[TopicPartition]:
    """Of all our topics that are there. Raises KafkaConnectionError."""
    async with open_admin(kafka) as admin:
        ours = {kafka.topic(shape.topic) for shape in SHAPES} & set(await admin.list_topics())
        described = await admin.describe_topics(sorted(ours)) if ours else []
        return [TopicPartition(one["topic"], each["partition"]) for one in described for each in one["partitions"]]


async def _missing(admin: AIOKafkaAdminClient, kafka: KafkaSettings) -> list[TopicShape]:
    there = set(await admin.list_topics())
    return [shape for shape in SHAPES if kafka.topic(shape.topic) not in there]


def _new(shape: TopicShape, kafka: KafkaSettings) -> NewTopic:
    # An empty assignment lets the cluster place the replicas, as None would, and lets their number be its own, too.
    name = kafka.topic(shape.topic)
    return NewTopic(name, shape.partitions, CLUSTERS_OWN, replica_assignments={}, topic_configs=shape.config)


@asynccontextmanager
async def open_admin(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Raises KafkaConnectionError where no broker can be used, and says why."""
    admin = AIOKafkaAdminClient(**kafka.connection(), request_timeout_ms=ANSWER_WITHIN_MS)
    try:
        with telling_why():
            await admin.start()
        yield admin
    finally:
        await admin.close()
