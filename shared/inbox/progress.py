"""Once a second: how far behind the end we are, told to our table, to Kafka and to the metrics."""

import asyncio
from collections.abc import Mapping

from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from shared.db import Database
from shared.errors import DatabaseUnavailable
from shared.health import Health
from shared.inbox.assignment import PART, Assignment
from shared.inbox.offsets import Place, mark_caught_up
from shared.process import wait_for

LAG = Gauge("guichet_inbox_lag_messages", "Messages not yet handled", ["consumer", "topic", "partition"])

EVERY, SOON = 1.0, 0.1  # seconds; SOON until the ends have been reached, as deliveries wait for that
ANSWER_WITHIN = 3.0  # seconds


class Progress:
    """A place counts as caught up when all that lay in it at some moment is handled: that moment is written down."""

    def __init__(self, db: Database, consumer: str, assignment: Assignment, health: Health) -> None:
        self._db, self._consumer, self._assignment, self._health = db, consumer, assignment, health
        self._ends: Mapping[Place, int] = {}  # as of the look before
        self._looked_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            caught_up = False
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    caught_up = await self._look()
            except (KafkaError, TimeoutError) as error:
                self._health.degraded(PART, f"Kafka does not answer: {type(error).__name__}: {error}")
            except DatabaseUnavailable as error:
                self._health.degraded(PART, f"the database does not answer: {error}")
            await wait_for(stop, EVERY if caught_up else SOON)

    async def _look(self) -> bool:
        """Whether all our partitions are at their ends."""
        now = asyncio.get_running_loop().time()
        kafka, places = self._assignment.kafka, list(self._assignment.next_offsets)
        found = await kafka.end_offsets([self._assignment.partition(place) for place in places]) if places else {}
        ends = {self._assignment.place(one): end for one, end in found.items()}
        ages: dict[Place, float] = {}
        for place, end in ends.items():
            reached = await self._assignment.reached(place)
            if reached is None:
                continue
            LAG.labels(self._consumer, place.topic, place.partition).set(max(0, end - reached))
            if reached >= end:
                ages[place] = 0.0
            elif place in self._ends and reached >= self._ends[place]:
                ages[place] = now - self._looked_at
        self._ends, self._looked_at = ends, now
        await mark_caught_up(self._db, self._consumer, ages)
        await self._tell_kafka()
        if not self._assignment.waiting:
            self._health.well(PART)
        return len(ages) == len(places) and not self._assignment.waiting

    async def _tell_kafka(self) -> None:
        offsets = {self._assignment.partition(place): at for place, at in self._assignment.next_offsets.items() if at}
        try:
            if offsets:
                await self._assignment.kafka.commit(offsets)
        except KafkaError:
            pass  # a rebalance goes on, or the coordinator moves: the next second's word will do
