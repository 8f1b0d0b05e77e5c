"""The relay: rows of the outbox to Kafka."""

import asyncio

from shared.health import Health
from shared.kafka.settings import KafkaSettings
from shared.outbox.doorbell import Doorbell


class Relay:
    """Carries one service's outbox to Kafka. Several may run: they share the keys among them.

    `source` is the CloudEvents source of the facts, such as `/guichet/auth`.
    """

    def __init__(
        self, database_url: str, kafka: KafkaSettings, *, source: str, doorbell: Doorbell, health: Health
    ) -> None:
        self._url, self._kafka, self._source, self._doorbell, self._health = (
            database_url,
            kafka,
            source,
            doorbell,
            health,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises what ended it: nothing of the table is lost, and whoever runs it starts it again."""
        raise NotImplementedError
