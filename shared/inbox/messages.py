"""Messages as they come, and as a handler gets them; the two verbs it answers with when it cannot do its work."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.db import Transaction
from shared.events.base import Event
from shared.events.cloudevents import Envelope
from shared.events.topics import Topic


@dataclass(frozen=True, slots=True)
class Message:
    """What Kafka gave, untouched. `topic` is without the installation's prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    """`event` None is a tombstone: the key's value on a compacted topic is gone."""

    envelope: Envelope
    event: Event | None
    topic: Topic
    key: UUID
    partition: int
    offset: int


class RetryLater(Exception):
    """Not now: hand the message over again after that time. Later messages of its key wait behind it."""

    def __init__(self, after: timedelta, reason: str = "") -> None:
        super().__init__(reason or f"again in {after}")
        self.after = after


class GiveUp(Exception):
    """Never: the message becomes a dead letter, and later messages of its key pass. The reason holds no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# One call for a whole batch, in order per key. What it raises undoes the batch, which then comes again one by one:
# with a single message RetryLater parks it and GiveUp sets it aside.
Handle = Callable[[Transaction, Sequence[Received]], Awaitable[None]]
