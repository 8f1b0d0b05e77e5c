"""How a message lies in a table: byte for byte as it came."""

from collections.abc import Mapping
from typing import Any

from shared.inbox.messages import Message

LONGEST = 500  # characters of a reason


def columns(message: Message) -> tuple[object, ...]:
    """topic, partition, offset, key, header_names, header_values, value."""
    names = [name.encode() for name, _ in message.headers]
    values = [value for _, value in message.headers]
    return message.topic, message.partition, message.offset, message.key, names, values, message.value


def message_of(row: Mapping[str, Any]) -> Message:
    headers = zip((name.decode() for name in row["header_names"]), row["header_values"], strict=True)
    return Message(row["topic"], row["partition"], row["offset"], row["key"], tuple(headers), row["value"])


def text(said: str) -> str:
    """What a table takes as text, whatever a stranger wrote: PostgreSQL has no NUL, and nobody reads a novel."""
    return said.replace("\0", "\N{REPLACEMENT CHARACTER}")[:LONGEST]
