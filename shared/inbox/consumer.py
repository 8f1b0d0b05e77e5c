"""The consumer: batches from Kafka into transactions, offsets with them.

FastStream acknowledges nothing here (`AckPolicy.MANUAL`): the offsets in the table are the truth. Kafka is told of
them too, so that everybody's tools can show the lag, and relays can pace imports by it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from itertools import chain

import structlog
from aiokafka import AIOKafkaConsumer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from prometheus_client import Histogram

from shared import faults
from shared.db import Database
from shared.errors import DatabaseUnavailable
from shared.events.base import Event
from shared.events.topics import Topic
from shared.health import Health
from shared.inbox.assignment import PART, Assignment, HasConsumer
from shared.inbox.handled import prune
from shared.inbox.intake import Intake
from shared.inbox.messages import Handle, Message
from shared.inbox.offsets import Displaced, Place
from shared.inbox.progress import Progress
from shared.inbox.records import Record, as_records, ours, untouched
from shared.inbox.waiting import keep_counting
from shared.kafka.broker import consuming_broker
from shared.kafka.settings import KafkaSettings
from shared.kafka.unreached import telling_why
from shared.process import side_by_side, wait_for

log = structlog.get_logger()

Take = Callable[[Sequence[Record]], Awaitable[None]]

BATCH = 1000  # messages taken at once, at most
LOTS = 2  # that a batch is divided into by partition: while the database works at one, we work at the other
LISTEN_MS = 200  # what comes is taken at once; every so often somebody looks whether it is time to stop
# aiokafka empties one partition's buffer before it turns to the next: a small buffer keeps them even.
PARTITION_FETCH_BYTES = 256 * 1024
SESSION_MS, HEARTBEAT_MS = 10_000, 3_000
DRAIN, GOODBYE = 5.0, 1.5  # seconds at the end: for the batch under way, then for Kafka
LOOK_EVERY = 0.2  # seconds between two looks whether the consumer failed
PARKED_EVERY = 0.25  # seconds between two looks at what waits for its time
PRUNE_EVERY = 3600.0  # seconds

BATCH_MESSAGES = Histogram(
    "guichet_inbox_batch_messages", "Messages taken at once", ["consumer"], buckets=(1, 3, 10, 30, 100, 300, 1000)
)


class Inbox:
    """One consumer of one service. `handles` are the types it wants: others it knows are passed over.

    `after_commit` is called after each transaction that had effects; it must neither wait nor fail. `instance` is what
    a process is known by in its group when it comes back (`group.instance.id`, KIP-345), and nobody else's.
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
        instance: str | None = None,
    ) -> None:
        self._instance = instance
        self._db, self._kafka, self._consumer, self._topics, self._health = db, kafka, consumer, topics, health
        self._intake = Intake(db, consumer, frozenset(handles), handle, after_commit)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, when the batch under way is finished.

        Raises what ended it, such as a broker that cannot be reached at the start: whoever runs it starts it again.
        """
        assignment = Assignment(self._db, self._consumer, self._kafka.prefix, self._health)
        progress = Progress(self._db, self._consumer, assignment, self._health)
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def take(records: Sequence[Record]) -> None:
            """Never raises: FastStream would go on with the next batch, and this one would be lost."""
            if failed.done() or stop.is_set():
                return
            try:
                async with assignment.working:
                    await self._take(records, assignment)
            except Exception as error:
                assignment.forget()
                failed.set_exception(error)

        broker = consuming_broker(self._kafka, drain=GOODBYE)
        assignment.subscriber = self._subscribe(broker, assignment, take)
        try:
            with telling_why():
                await broker.start()
            await side_by_side(
                self._watch(stop, failed),
                assignment.keep_positioned(stop),
                progress.run(stop),
                self._take_parked(stop),
                keep_counting(self._db, self._consumer, stop),
                self._prune(stop),
            )
        finally:
            await self._end(broker, assignment)

    def _subscribe(self, broker: KafkaBroker, assignment: Assignment, take: Take) -> HasConsumer:
        subscriber = broker.subscriber(
            *(self._kafka.topic(topic) for topic in self._topics),
            batch=True,
            group_id=self._kafka.group(self._consumer),
            group_instance_id=self._instance,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            max_records=BATCH,
            max_partition_fetch_bytes=PARTITION_FETCH_BYTES,
            fetch_max_wait_ms=100,
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            listener=assignment,
            parser=untouched,
            decoder=as_records,
        )
        subscriber.get_msg = _listen  # type: ignore[method-assign]
        subscriber(take)
        return subscriber

    async def _end(self, broker: KafkaBroker, assignment: Assignment) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN), assignment.working:
                pass
        assignment.leave_for_good()
        with suppress(TimeoutError):  # saying goodbye to a broker that does not answer; the group notices by itself
            async with asyncio.timeout(GOODBYE):
                await broker.stop()

    async def _watch(self, stop: asyncio.Event, failed: asyncio.Future[None]) -> None:
        while not await wait_for(stop, LOOK_EVERY):
            if failed.done():
                failed.result()

    async def _take(self, records: Sequence[Record], assignment: Assignment) -> None:
        """What cannot be committed comes again, from where the table says."""
        messages = ours(records, assignment)
        if not messages:
            return
        faults.passing("inbox.after_poll")
        BATCH_MESSAGES.labels(self._consumer).observe(len(messages))
        lots: defaultdict[int, list[Message]] = defaultdict(list)
        for message in messages:  # a key has the same partition in all topics: its messages stay in order
            lots[message.partition % LOTS].append(message)
        former = dict(assignment.next_offsets)
        await side_by_side(*(self._take_lot(lot, former, assignment) for lot in lots.values()))

    async def _take_lot(self, messages: Sequence[Message], former: Mapping[Place, int], assignment: Assignment) -> None:
        places = {Place(one.topic, one.partition) for one in messages}
        try:
            offsets = await self._intake.take(messages, {place: former[place] for place in places})
        except DatabaseUnavailable as error:
            self._health.degraded(PART, f"the database does not answer, nothing is consumed: {error}")
            assignment.position_again()
        except Displaced:
            assignment.position_again()
        else:
            assignment.advance(offsets)

    async def _take_parked(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                found = await self._intake.take_parked()
            except DatabaseUnavailable:
                found = False
            if not found:
                await wait_for(stop, PARKED_EVERY)

    async def _prune(self, stop: asyncio.Event) -> None:
        while not await wait_for(stop, PRUNE_EVERY):
            try:
                await prune(self._db, self._consumer, stop)
            except DatabaseUnavailable as error:  # an hour later will do
                log.warning("inbox.not_pruned", consumer=self._consumer, reason=str(error))


async def _listen(consumer: AIOKafkaConsumer) -> tuple[Record, ...]:
    """In FastStream's place, which sleeps after each wait in vain for as long again, and hears nothing meanwhile."""
    heard = await consumer.getmany(timeout_ms=LISTEN_MS, max_records=BATCH)
    return tuple(chain.from_iterable(heard.values()))
