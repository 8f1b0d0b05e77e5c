"""The consumer: batches from Kafka into transactions."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from shared.db import Database
from shared.events.base import Event
from shared.events.topics import Topic
from shared.health import Health
from shared.inbox.messages import Handle
from shared.kafka.settings import KafkaSettings


class Inbox:
    """One consumer of one service. `handles` are the types it wants: others it knows are passed over.

    `after_commit` is called after each transaction that had effects; it must neither wait nor fail.
    """

    def __init__(
        self,
        db: Database,
        kafka: KafkaSettings,
        *,
        consumer: str,
        topics: Sequence[Topic],
        handles: Collection[type[Event]],
        handle: Handle,
        after_commit: Callable[[], None],
        health: Health,
    ) -> None:
        self._db, self._kafka, self._consumer, self._topics = db, kafka, consumer, topics
        self._handles, self._handle, self._after_commit, self._health = handles, handle, after_commit, health

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises what ended it: whoever runs it starts it again where the offsets say."""
        raise NotImplementedError
