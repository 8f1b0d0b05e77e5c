"""Which topic a name stands for: one that is deleted and made again has the same name, and another id.

aiokafka speaks Metadata up to version 5; ids came with version 10 (KIP-516, Kafka 2.8). So the request is spelt out
here, with aiokafka's own building blocks and over its connection.
"""

from collections.abc import Collection
from io import BytesIO
from uuid import UUID

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import IncompatibleBrokerVersion
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

METADATA = 3  # the API's key
UNKNOWN = UUID(int=0)


class _Uuid:
    """Sixteen bytes."""

    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_NAME, _TAGS = CompactString("utf-8"), ("tags", TaggedFields)
_BROKER = (("node_id", Int32), ("host", _NAME), ("port", Int32), ("rack", _NAME), _TAGS)
_PARTITION = (
    *(("error_code", Int16), ("partition", Int32), ("leader", Int32), ("leader_epoch", Int32)),
    *((name, CompactArray(Int32)) for name in ("replicas", "isr", "offline_replicas")),
    _TAGS,
)
_TOPIC = (
    *(("error_code", Int16), ("name", _NAME), ("topic_id", _Uuid), ("is_internal", Boolean)),
    *(("partitions", CompactArray(*_PARTITION)), ("authorized_operations", Int32)),
    _TAGS,
)


class _Answer(Response):  # type: ignore[misc]  # aiokafka is not typed
    API_KEY, API_VERSION = METADATA, 10
    SCHEMA = Schema(
        *(("throttle_time_ms", Int32), ("brokers", CompactArray(*_BROKER)), ("cluster_id", _NAME)),
        *(("controller_id", Int32), ("topics", CompactArray(*_TOPIC)), ("authorized_operations", Int32)),
        _TAGS,
    )


class _Question(RequestStruct):  # type: ignore[misc]
    API_KEY, API_VERSION, FLEXIBLE_VERSION, RESPONSE_TYPE = METADATA, 10, True, _Answer
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", _NAME), _TAGS)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        _TAGS,
    )


class _TopicIds(Request[_Question]):  # type: ignore[misc]
    API_KEY = METADATA

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_Question]) -> _Question:
        return request_struct_class([(UNKNOWN, topic, {}) for topic in self._topics], False, False, False, {})


async def find_topic_ids(consumer: AIOKafkaConsumer, topics: Collection[str]) -> dict[str, UUID]:
    """By name; left out where there is no such topic, and all of them by a broker that knows of no ids.

    Raises KafkaError.
    """
    client = consumer._client  # noqa: SLF001 -- nothing public sends a request
    try:
        answer = await client.send(client.get_random_node(), _TopicIds(topics))
    except (IncompatibleBrokerVersion, NotImplementedError):
        return {}
    found = {name: topic_id for _, name, topic_id, *_ in answer.topics}
    return {name: topic_id for name, topic_id in found.items() if topic_id != UNKNOWN}
