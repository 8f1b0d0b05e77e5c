"""How far each portal's import has come, so that one that was broken off goes on where it stopped."""

from dataclasses import dataclass

from shared.db import Transaction
from shared.ids import PortalName

# Another file begins at its first row and ends the progress of the one before.
BEGIN = """
    insert into imports as held (portal, fingerprint)
    values ($1, $2)
        on conflict (portal) do update
       set fingerprint = excluded.fingerprint,
           rows_done = case when held.fingerprint = excluded.fingerprint then held.rows_done else 0 end,
           created = case when held.fingerprint = excluded.fingerprint then held.created else 0 end,
           changed = case when held.fingerprint = excluded.fingerprint then held.changed else 0 end,
           unchanged = case when held.fingerprint = excluded.fingerprint then held.unchanged else 0 end,
           begun_at = now()
    returning rows_done, created, changed, unchanged
"""

LOCK_PROGRESS = """
    select rows_done, created, changed, unchanged from imports where portal = $1 and fingerprint = $2 for update
"""

SAVE_PROGRESS = """
    update imports set rows_done = $3, created = $4, changed = $5, unchanged = $6 where portal = $1 and fingerprint = $2
"""

FINISH = "delete from imports where portal = $1 and fingerprint = $2"


@dataclass(frozen=True, slots=True)
class Counts:
    rows_done: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.rows_done + other.rows_done,
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


async def begin_import(tx: Transaction, portal: PortalName, fingerprint: bytes) -> Counts:
    """How far this very file has come, if no other was begun since."""
    return Counts(**(await tx.fetch(BEGIN, portal, fingerprint))[0])


async def lock_progress(tx: Transaction, portal: PortalName, fingerprint: bytes) -> Counts | None:
    """How far this file has come: imports into one portal take turns. None: another was begun, or this one is over."""
    row = await tx.fetchrow(LOCK_PROGRESS, portal, fingerprint)
    return row and Counts(**row)


async def save_progress(tx: Transaction, portal: PortalName, fingerprint: bytes, counts: Counts) -> None:
    await tx.execute(
        SAVE_PROGRESS, portal, fingerprint, counts.rows_done, counts.created, counts.changed, counts.unchanged
    )


async def finish_import(tx: Transaction, portal: PortalName, fingerprint: bytes) -> None:
    await tx.execute(FINISH, portal, fingerprint)
