"""Messages that wait for their time, and those of their keys behind them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.db import Transaction
from shared.inbox.columns import columns, message_of, text
from shared.inbox.messages import Message

FIND_KEYS = """
    select distinct key from inbox_parked where consumer = $1 and key = any($2::bytea[])
"""

INSERT = """
    insert into inbox_parked (consumer, event_id, topic, partition, "offset", key, header_names, header_values, value,
                              attempts, reason, retry_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() + $12)
    on conflict do nothing   -- a second copy of what waits already
"""

# The first of its key, if its time has come. Whoever handles a row holds its lock; the rows behind wait for its end.
LOCK_NEXT = """
    select p.*
      from inbox_parked p
     where p.consumer = $1 and p.retry_at <= clock_timestamp()
       and not exists (
           select from inbox_parked e where e.consumer = p.consumer and e.key = p.key and e.seq < p.seq)
     order by p.seq
     limit 1
       for update skip locked
"""

DELETE = "delete from inbox_parked where seq = $1"

SAVE_RETRY = """
    update inbox_parked
       set attempts = $2, reason = $3, retry_at = clock_timestamp() + $4
     where seq = $1
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """`attempts` counts the tries so far, 0 for one that only waits behind another."""

    seq: int
    event_id: UUID
    message: Message
    attempts: int


async def find_parked_keys(tx: Transaction, consumer: str, keys: Collection[bytes]) -> set[bytes]:
    """Those of the keys that have something waiting."""
    return {row["key"] for row in await tx.fetch(FIND_KEYS, consumer, list(keys))} if keys else set()


async def insert_parked(
    tx: Transaction,
    consumer: str,
    event_id: UUID,
    message: Message,
    *,
    after: timedelta,
    attempts: int,
    reason: str | None,
) -> None:
    await tx.execute(INSERT, consumer, event_id, *columns(message), attempts, reason and text(reason), after)


async def lock_next_due(tx: Transaction, consumer: str) -> Parked | None:
    row = await tx.fetchrow(LOCK_NEXT, consumer)
    return row and Parked(row["seq"], row["event_id"], message_of(row), row["attempts"])


async def delete_parked(tx: Transaction, seq: int) -> None:
    await tx.execute(DELETE, seq)


async def save_retry(tx: Transaction, seq: int, *, after: timedelta, attempts: int, reason: str) -> None:
    await tx.execute(SAVE_RETRY, seq, attempts, text(reason), after)
