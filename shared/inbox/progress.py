"""How far behind the end we are, told to our table and the metrics; and how far we have come, told to Kafka."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from contextlib import suppress

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from shared.db import Database
from shared.errors import DatabaseUnavailable
from shared.health import Health
from shared.inbox.assignment import ANSWER_WITHIN, PART, Assignment
from shared.inbox.offsets import Displaced, Place, mark_caught_up
from shared.process import side_by_side, wait_for

LAG = Gauge("guichet_inbox_lag_messages", "Messages not yet handled", ["consumer", "topic", "partition"])

EVERY, SOON = 1.0, 0.1  # seconds; SOON until the ends have been reached, as deliveries wait for that
LOOKS = 100  # remembered: ten seconds of a consumer that is behind
TELL_EVERY = 0.1  # seconds between two words to Kafka while we advance: relays pace imports by them


class Progress:
    """A place counts as caught up when all that lay in it at some moment is handled: that moment is written down."""

    def __init__(self, db: Database, consumer: str, assignment: Assignment, health: Health) -> None:
        self._db, self._consumer, self._assignment, self._health = db, consumer, assignment, health
        # Of each place when it was looked at and where its end was then: the newest of those that have been reached
        # since, and those that have not.
        self._ends: defaultdict[Place, deque[tuple[float, int]]] = defaultdict(lambda: deque(maxlen=LOOKS))
        self._measured: set[Place] = set()

    async def run(self, stop: asyncio.Event) -> None:
        await side_by_side(self._keep_looking(stop), self._keep_telling(stop))

    async def _keep_looking(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            caught_up = False
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    caught_up = await self._look()
            except (KafkaError, TimeoutError) as error:
                self._health.degraded(PART, self._what_hangs(error))
            except DatabaseUnavailable as error:
                self._health.degraded(PART, f"the database does not answer: {error}")
            except Displaced:
                self._assignment.position_again()
            await wait_for(stop, EVERY if caught_up else SOON)

    async def _look(self) -> bool:
        """Whether all our partitions are at their ends."""
        now = asyncio.get_running_loop().time()
        before = dict(self._assignment.next_offsets)
        ends = await self._assignment.ends(before)
        if await self._assignment.receded(before, ends):
            self._assignment.position_again()
            return False
        if self._assignment.working.locked():  # for long, perhaps: who watches sees meanwhile how much waits
            for place, end in ends.items():
                self._tell_lag(place, end - before[place])
        async with self._assignment.working:
            ages = await self._ages(ends, now)
            offsets = dict(self._assignment.next_offsets)
            await mark_caught_up(self._db, self._consumer, offsets, ages)
        self._forget_lag(offsets)
        self._report()
        return len(ages) == len(offsets) and not self._assignment.waiting

    async def _ages(self, ends: Mapping[Place, int], now: float) -> dict[Place, float]:
        """How many seconds ago each place stood at its end, where that is known."""
        ages: dict[Place, float] = {}
        for place, end in ends.items():
            reached = await self._assignment.reached(place)
            if reached is None:
                continue
            self._tell_lag(place, end - reached)
            seen = self._ends[place]
            if seen and end < seen[-1][1]:
                seen.clear()  # of a partition that is no more
            seen.append((now, end))
            while len(seen) > 1 and seen[1][1] <= reached:
                seen.popleft()
            if seen[0][1] <= reached:
                ages[place] = now - seen[0][0]
        return ages

    def _tell_lag(self, place: Place, lag: int) -> None:
        LAG.labels(self._consumer, place.topic, place.partition).set(max(0, lag))
        self._measured.add(place)

    def _what_hangs(self, error: Exception) -> str:
        if isinstance(error, TimeoutError) and self._assignment.working.locked():
            return f"what was read is not handled after {ANSWER_WITHIN:g} s: a slow database, or something is locked"
        return f"Kafka does not answer: {type(error).__name__}: {error}"

    def _forget_lag(self, ours: Collection[Place]) -> None:
        """Of a partition that another process reads now: our last word would stand for ever beside its own."""
        for place in self._measured.difference(ours):
            LAG.remove(self._consumer, place.topic, place.partition)
        self._measured.intersection_update(ours)

    def _report(self) -> None:
        kafka = self._assignment.kafka
        missing = [topic for topic in sorted(kafka.subscription()) if not kafka.partitions_for_topic(topic)]
        if missing:
            self._health.degraded(PART, f"no such topic: {', '.join(missing)}; run guichet topics apply")
        elif not self._assignment.waiting:
            self._health.well(PART)

    async def _keep_telling(self, stop: asyncio.Event) -> None:
        told: Mapping[TopicPartition, int] = {}
        while not await wait_for(stop, TELL_EVERY):
            offsets = self._assignment.next_offsets.items()
            known = {self._assignment.partition(place): offset for place, offset in offsets if offset}
            if known and known != told:
                # A rebalance goes on, the coordinator moves, nobody answers: the next word will do.
                with suppress(KafkaError, TimeoutError):
                    async with asyncio.timeout(ANSWER_WITHIN):
                        await self._assignment.kafka.commit(known)
                    told = known
