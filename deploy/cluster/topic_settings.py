"""Topics' settings: read, and changed one by one.

aiokafka's `alter_configs` replaces all of a topic's settings: what somebody else had set (replicas in sync, say) would
be gone. IncrementalAlterConfigs (KIP-339, Kafka 2.3) changes what it names, and is spelt out here (ADR 19).
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

INCREMENTAL_ALTER_CONFIGS = 44  # the API's key
SET = 0
_TEXT = String("utf-8")


class Change(NamedTuple):
    """Of one topic's setting; `was` None: the broker knows none of this name."""

    topic: str
    name: str
    was: str | None
    value: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.name} {self.was} -> {self.value}"


class SettingRefused(KafkaError):  # type: ignore[misc]  # aiokafka is not typed
    """The cluster did not tell or change a topic's settings; the text says which topic's and why."""


class _Answer(Response):  # type: ignore[misc]
    API_KEY, API_VERSION = INCREMENTAL_ALTER_CONFIGS, 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("responses", Array(("error_code", Int16), ("error_message", _TEXT), ("type", Int8), ("name", _TEXT))),
    )


class _Question(RequestStruct):  # type: ignore[misc]
    API_KEY, API_VERSION, RESPONSE_TYPE = INCREMENTAL_ALTER_CONFIGS, 0, _Answer
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("type", Int8),
                ("name", _TEXT),
                ("configs", Array(("name", _TEXT), ("operation", Int8), ("value", _TEXT))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _Alter(Request[_Question]):  # type: ignore[misc]
    API_KEY = INCREMENTAL_ALTER_CONFIGS

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes

    def build(self, request_struct_class: type[_Question]) -> _Question:
        by_topic = groupby(sorted(self._changes), key=lambda change: change.topic)
        resources = [
            (ConfigResourceType.TOPIC, topic, [(one.name, SET, one.value) for one in of]) for topic, of in by_topic
        ]
        return request_struct_class(resources, False)


async def find_settings(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """As they hold, whoever says so: the topic, or the cluster's defaults. Raises SettingRefused."""
    if not topics:
        return {}
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics])
    for code, why, _, topic, _ in answer.resources:
        _raise_for(topic, code, why)
    return {topic: {name: value for name, value, *_ in entries} for _, _, _, topic, entries in answer.resources}


async def change_settings(admin: AIOKafkaAdminClient, changes: Sequence[Change]) -> None:
    """Of each topic all its changes or none. Raises SettingRefused."""
    answer: Any = await admin._send_request(_Alter(changes))  # noqa: SLF001 -- nothing public sends a request
    for code, why, _, topic in answer.responses:
        _raise_for(topic, code, why)


def _raise_for(topic: str, code: int, why: str | None) -> None:
    if code:
        raise SettingRefused(f"{topic}: {why or for_code(code).__name__}")
