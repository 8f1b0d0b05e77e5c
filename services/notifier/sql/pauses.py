"""Portals whose mails wait until somebody lets them go. `deliveries.LOCK_DUE` leaves them out."""

from collections.abc import Sequence

from services.notifier.domain.overview import Pause
from shared.db import Database, Transaction
from shared.ids import PortalName

LIST_PAUSES = """
    select portal, paused_at from paused_portals where $1::text[] is null or portal = any($1) order by portal
"""

INSERT_PAUSE = "insert into paused_portals (portal) values ($1) on conflict do nothing returning true"

DELETE_PAUSE = "delete from paused_portals where portal = $1 returning true"


async def list_pauses(db: Database | Transaction, portals: Sequence[str] | None = None) -> list[Pause]:
    """Of these portals; None: of all."""
    return [Pause(row["portal"], row["paused_at"]) for row in await db.fetch(LIST_PAUSES, portals)]


async def insert_pause(tx: Transaction, portal: PortalName) -> bool:
    """False where it is paused already."""
    return bool(await tx.fetchval(INSERT_PAUSE, portal))


async def delete_pause(tx: Transaction, portal: PortalName) -> bool:
    """False where it is not paused."""
    return bool(await tx.fetchval(DELETE_PAUSE, portal))
