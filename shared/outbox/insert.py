"""Writing facts into the outbox, in the transaction that makes them true.

The caller holds the row whose id is the event's key (`select … for update`, or has inserted it itself): so the events
of one key get their `seq` in the order in which their transactions commit, and that order is what the relay keeps.
Several keys are locked in the order of their ids, all before the first insert.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from shared.db import Transaction
from shared.events.base import Event
from shared.ids import PortalName, new_id
from shared.telemetry.traces import current_traceparent

LARGEST_EVENT = 256 * 1024  # bytes of payload: far above any fact of ours, and safely below what a broker takes


class Lane(IntEnum):
    """LIVE is what a person waits for. BULK yields to it: imports."""

    LIVE = 0
    BULK = 1


class EventTooLarge(ValueError):
    """A payload no subscriber could be expected to take; the transaction is to be given up."""


INSERT = """
    insert into outbox (id, aggregatetype, aggregateid, type, payload, lane, portal, traceparent)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

INSERT_TIMED = INSERT + " returning occurred_at"

INSERT_ALL = """
    insert into outbox (id, aggregatetype, aggregateid, type, payload, lane, portal, traceparent)
    select * from unnest(
        $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bytea[], $6::smallint[], $7::text[], $8::text[])
"""


async def insert(
    tx: Transaction, event: Event, *, event_id: UUID | None = None, traceparent: str | None = None
) -> None:
    """`event_id` is given where a sealed part is bound to it. Raises EventTooLarge."""
    await tx.execute(INSERT, *_row(event, event_id or new_id(), Lane.LIVE, traceparent or current_traceparent()))


async def insert_all(
    tx: Transaction,
    events: Sequence[Event],
    *,
    lane: Lane = Lane.LIVE,
    event_ids: Sequence[UUID] | None = None,
    traceparents: Sequence[str] | None = None,
) -> None:
    """In one statement; events of one key go out in the order given. Raises EventTooLarge.

    `event_ids` and `traceparents` match `events` one by one; left out, they are made here.
    """
    ids = event_ids or [new_id() for _ in events]
    traces = traceparents or [current_traceparent()] * len(events)
    rows = [_row(event, id_, lane, trace) for event, id_, trace in zip(events, ids, traces, strict=True)]
    if rows:
        await tx.execute(INSERT_ALL, *(list(column) for column in zip(*rows, strict=True)))


async def insert_tombstone(
    tx: Transaction, kind: type[Event], key: UUID, portal: PortalName, *, lane: Lane = Lane.LIVE
) -> datetime:
    """Says on a compacted topic that the key's value of this kind is gone: erased, or none any more.

    A tombstone has no version: readers go by its time, which is returned, and what is told next must be newer.
    """
    row = (new_id(), kind.topic.value, key, kind.type, None, lane.value, portal, current_traceparent())
    told_at: datetime = await tx.fetchval(INSERT_TIMED, *row)
    return told_at


def _row(event: Event, event_id: UUID, lane: Lane, traceparent: str) -> tuple[object, ...]:
    payload = event.payload
    if len(payload) > LARGEST_EVENT:
        raise EventTooLarge(f"{event.type}: {len(payload)} bytes, where at most {LARGEST_EVENT} can be published")
    return event_id, event.topic.value, event.key, event.type, payload, lane.value, event.portal, traceparent
