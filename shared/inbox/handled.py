"""One effect per event: who was handled, and who has to wait because an earlier one of the key does."""

import asyncio
from collections.abc import Collection
from uuid import UUID

from shared.db import Database, Transaction

KEPT_DAYS = 45  # longer than any topic keeps its events, so that no redelivery finds the memory gone

INSERT = """
    insert into inbox (consumer, event_id)
    select $1, id from unnest($2::uuid[]) as id order by id   -- one order for all, so that two consumers never deadlock
    on conflict do nothing
    returning event_id
"""

LOT = 10_000  # rows forgotten in one statement: some tenths of a second, far below the time a statement may take

PRUNE = """
    delete from inbox
     where ctid = any(array(
           select ctid from inbox where consumer = $1 and handled_at < now() - make_interval(days => $2) limit $3))
"""


async def insert_handled(tx: Transaction, consumer: str, ids: Collection[UUID]) -> set[UUID]:
    """Those that were not there yet: their effects are this transaction's to make."""
    return {row["event_id"] for row in await tx.fetch(INSERT, consumer, list(ids))} if ids else set()


async def prune(db: Database, consumer: str, stop: asyncio.Event, *, lot: int = LOT) -> None:
    """Forgets what is old, lot by lot, until there is no more or `stop`. Raises DatabaseUnavailable."""
    while await db.execute(PRUNE, consumer, KEPT_DAYS, lot) == f"DELETE {lot}" and not stop.is_set():
        pass
