"""From messages to effects: a batch in one transaction, or one by one where the batch fails."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from opentelemetry.trace import SpanKind

from shared import faults
from shared.db import Database, Transaction
from shared.errors import DatabaseUnavailable
from shared.events.base import Event
from shared.events.cloudevents import Envelope, Undecodable, parse_envelope
from shared.inbox.dead_letters import insert_dead_letter
from shared.inbox.decode import decode, find_kind
from shared.inbox.handled import insert_handled
from shared.inbox.messages import GiveUp, Handle, Message, Received, RetryLater
from shared.inbox.offsets import Displaced, Place, save_offsets
from shared.inbox.parked import Parked, delete_parked, find_parked_keys, insert_parked, lock_next_due, save_retry
from shared.telemetry.traces import spans

log = structlog.get_logger()

# A handler that fails in a way it did not foresee may have met something passing; after these it is a dead letter.
UNFORESEEN = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))
BEHIND = timedelta(0)  # its turn comes when what waits before it is done


@dataclass(frozen=True, slots=True)
class Unreadable:
    """`envelope` is None where not even the headers made sense."""

    envelope: Envelope | None
    reason: str


Item = tuple[Message, Received | Unreadable | None]  # None: known, and not wanted here


@dataclass(frozen=True, slots=True)
class Intake:
    """What one consumer does with what it is given."""

    db: Database
    consumer: str
    handles: Collection[type[Event]]
    handle: Handle
    after_commit: Callable[[], None]

    async def take(self, messages: Sequence[Message], former: Mapping[Place, int]) -> Mapping[Place, int]:
        """Effects, dead letters and offsets together; from where the places stood to where they stand now.

        Raises DatabaseUnavailable, Displaced: then what was done is what the table's offsets say.
        """
        items = [(message, self._read(message)) for message in messages]
        offsets = dict(former)
        try:
            await self._take(items, offsets)
        except (DatabaseUnavailable, Displaced):
            raise
        except Exception as error:
            if len(items) > 1 and not isinstance(error, RetryLater | GiveUp):
                log.warning("inbox.batch_failed", consumer=self.consumer, size=len(items), error=type(error).__name__)
            for item in items:
                await self._take_alone(item, offsets)
        return offsets

    def _read(self, message: Message) -> Received | Unreadable | None:
        envelope = None
        try:
            envelope = parse_envelope(message.headers)
            if find_kind(envelope) not in self.handles:
                return None
            return decode(message, envelope)
        except Undecodable as error:
            return Unreadable(envelope, str(error))

    async def _take(self, items: Sequence[Item], offsets: dict[Place, int]) -> None:
        """Moves `offsets` on."""
        now = _after(message for message, _ in items)
        received = [(message, read) for message, read in items if isinstance(read, Received)]
        async with self.db.transaction() as tx:
            parked = await find_parked_keys(tx, self.consumer, {message.key or b"" for message, _ in received})
            for message, read in received:
                if message.key in parked:
                    await self._park(tx, message, read, BEHIND, 0, None)
            await self._handle(tx, [read for message, read in received if message.key not in parked])
            for message, unread in items:
                if isinstance(unread, Unreadable):
                    await self._set_aside(tx, message, unread.envelope, unread.reason)
            await save_offsets(tx, self.consumer, offsets, now)
        faults.passing("inbox.after_commit")
        offsets.update(now)
        if received:
            self.after_commit()

    async def _handle(self, tx: Transaction, received: Sequence[Received]) -> None:
        by_id = {one.envelope.id: one for one in reversed(received)}  # the first of several copies
        fresh = await insert_handled(tx, self.consumer, by_id)
        faults.passing("inbox.after_insert")
        todo = [one for one in received if one.envelope.id in fresh and by_id[one.envelope.id] is one]
        if todo:
            # A batch has as many traces as messages; a handler passes theirs on by itself.
            traceparents = [one.envelope.traceparent for one in todo]
            with spans(f"{self.consumer} inbox", traceparents, kind=SpanKind.CONSUMER):
                await self.handle(tx, todo)

    async def _take_alone(self, item: Item, offsets: dict[Place, int]) -> None:
        message, read = item
        try:
            await self._take([item], offsets)
        except (DatabaseUnavailable, Displaced):
            raise
        except Exception as error:
            if not isinstance(read, Received):  # no handler was at work: our own fault
                raise
            after = self._patience(error, attempts=1)
            now = _after([message])
            async with self.db.transaction() as tx:
                if after is None:
                    await self._set_aside(tx, message, read.envelope, _reason(error))
                else:
                    await self._park(tx, message, read, after, 1, _reason(error))
                await save_offsets(tx, self.consumer, offsets, now)
            offsets.update(now)

    async def take_parked(self) -> bool:
        """The next message whose time has come. Whether there was one. Raises DatabaseUnavailable."""
        parked: Parked | None = None
        try:
            async with self.db.transaction() as tx:
                parked = await lock_next_due(tx, self.consumer)
                if parked is None:
                    return False
                read = self._read(parked.message)
                if isinstance(read, Received):
                    await self._handle(tx, [read])
                elif isinstance(read, Unreadable):
                    await self._set_aside(tx, parked.message, read.envelope, read.reason)
                await delete_parked(tx, parked.seq)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if parked is None:
                raise
            await self._park_again(parked, error)
        self.after_commit()
        return True

    async def _park_again(self, parked: Parked, error: Exception) -> None:
        attempts = parked.attempts + 1
        after = self._patience(error, attempts)
        async with self.db.transaction() as tx:
            if after is not None:
                await save_retry(tx, parked.seq, after=after, attempts=attempts, reason=_reason(error))
                return
            await self._set_aside(tx, parked.message, parse_envelope(parked.message.headers), _reason(error))
            await delete_parked(tx, parked.seq)

    def _patience(self, error: Exception, attempts: int) -> timedelta | None:
        """How long to wait; None: no longer."""
        if isinstance(error, RetryLater):
            return error.after
        if isinstance(error, GiveUp):
            return None
        log.error("inbox.unforeseen", consumer=self.consumer, error=type(error).__name__, attempts=attempts)
        return UNFORESEEN[attempts - 1] if attempts <= len(UNFORESEEN) else None

    async def _park(
        self, tx: Transaction, message: Message, read: Received, after: timedelta, attempts: int, reason: str | None
    ) -> None:
        await insert_parked(tx, self.consumer, read.envelope.id, message, after=after, attempts=attempts, reason=reason)

    async def _set_aside(self, tx: Transaction, message: Message, envelope: Envelope | None, reason: str) -> None:
        log.warning("inbox.dead_letter", consumer=self.consumer, topic=message.topic, offset=message.offset)
        await insert_dead_letter(tx, self.consumer, message, envelope, reason)


def _after(messages: Iterable[Message]) -> dict[Place, int]:
    return {Place(message.topic, message.partition): message.offset + 1 for message in messages}


def _reason(error: Exception) -> str:
    """Of an error nobody foresaw only the type: its text might quote what nobody may read."""
    return str(error) if isinstance(error, RetryLater | GiveUp) else f"the handler failed: {type(error).__name__}"
