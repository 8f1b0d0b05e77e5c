"""An outbox that was restored from a backup: what of it was told meanwhile."""

from collections.abc import Collection

from shared.db import Database, Transaction
from shared.ids import EventId
from shared.outbox.shards import COUNT, RELAYS

DELETE_TOLD = "delete from outbox where id = any($1::uuid[])"


async def is_carried(db: Database) -> bool:
    """Whether a relay is at work."""
    return bool(await db.fetchval(COUNT, RELAYS))


async def delete_told(tx: Transaction, ids: Collection[EventId]) -> None:
    """Rows that Kafka has: told again they would stand behind what came after them."""
    await tx.execute(DELETE_TOLD, list(ids))
