"""Bulk rows go only as fast as they are read, so that what a person waits for finds a short queue in Kafka too.

In the table a live row goes before bulk rows. In a partition nothing overtakes: a relay sends several times as fast as
a consumer with effects reads, and behind an import of 30,000 customers mails waited for 5 s. Now no more than about
AHEAD bulk rows lie unread, the others in the outbox, where live rows pass them: 0.4 s, and the import is no slower.

Which consumers count is said by whoever runs the relay: those people wait for. A subscriber who looks once a night must
not hold up an import; nor may one who is away, so after PATIENCE a batch goes in any case.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping

import structlog
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.kafka.admin import open_admin
from shared.kafka.settings import KafkaSettings
from shared.process import wait_for

log = structlog.get_logger()

AHEAD = 1_000  # rows: some tenths of a second of a consumer's work, and more than it reads between two of its words
LOOK = 0.02  # seconds between two looks at how far they have come
PATIENCE = 0.5  # seconds


class Pacing:
    """By the consumers named, none meaning that bulk rows need not wait. `opened` is called when they may go again."""

    def __init__(self, kafka: KafkaSettings, consumers: Collection[str], opened: Callable[[], None]) -> None:
        self._kafka, self._opened = kafka, opened
        self._groups = [kafka.group(consumer) for consumer in consumers]
        self._ends: dict[TopicPartition, int] = {}  # behind the last bulk row of ours
        self._unread = 0  # bulk rows, at most
        self._full = asyncio.Event()

    @property
    def open(self) -> bool:
        """Whether a bulk batch may go now."""
        return self._unread <= AHEAD

    def sent(self, rows: int, ends: Mapping[TopicPartition, int]) -> None:
        """A bulk batch is in Kafka; `ends` are the offsets behind it."""
        if self._groups:
            self._unread += rows
            self._ends.update(ends)
        if not self.open:
            self._full.set()

    async def watch(self, stop: asyncio.Event) -> None:
        """Asks Kafka how far they have come, but only while bulk rows wait for the answer.

        Raises KafkaConnectionError where no broker answers.
        """
        while not await wait_for(self._full, 1.0):
            if stop.is_set():
                return
        async with open_admin(self._kafka) as admin:  # from the first import on
            while not stop.is_set():
                if await wait_for(self._full, 1.0):
                    self._full.clear()
                    self._unread = min(await self._until_read(admin, stop), AHEAD)
                    self._opened()

    async def _until_read(self, admin: AIOKafkaAdminClient, stop: asyncio.Event) -> int:
        """How many are unread yet: few enough, or our patience is at its end."""
        now = asyncio.get_running_loop().time
        begun = now()
        while (unread := await self._count_unread(admin)) > AHEAD:
            if now() - begun >= PATIENCE or await wait_for(stop, LOOK):
                break
        return unread

    async def _count_unread(self, admin: AIOKafkaAdminClient) -> int:
        """By the consumer that is furthest behind."""
        try:
            return max([await self._behind(admin, group) for group in self._groups])
        except KafkaError as error:  # no reason to end a relay: live rows can go all the same
            log.warning("outbox.pace_unknown", error=type(error).__name__)
            return AHEAD + 1

    async def _behind(self, admin: AIOKafkaAdminClient, group: str) -> int:
        """A group that Kafka knows nothing of reads nothing: it has nothing to be spared."""
        known = await admin.list_consumer_group_offsets(group, partitions=list(self._ends))
        offsets = {place: one.offset for place, one in known.items() if one.offset >= 0}
        return sum(max(0, end - offsets.get(place, end)) for place, end in self._ends.items())
