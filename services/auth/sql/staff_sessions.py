"""Sessions of whoever works at the desk."""

from dataclasses import dataclass
from datetime import datetime

from services.auth.domain.staff import ABSOLUTE, IDLE, Staff, StaffId
from services.auth.sql.staff import staff_from
from shared.db import Database, Transaction

# The clock is read when the row is written: what ended tokens meanwhile is older.
INSERT = """
    insert into staff_sessions (token_hash, staff_id, enrolling, created_at, seen_at)
    values ($1, $2, $3, clock_timestamp(), clock_timestamp())
    returning created_at
"""

# Waits for whoever deletes the session just now, and then does not find it: no token is issued past its end.
FIND = """
    select s.id, s.login, s.name, s.role, s.portals, s.created_at, s.disabled_at, t.enrolling, t.new_seed, now() as at,
           t.seen_at < now() - interval '1 minute' as stale
      from staff_sessions t
      join staff s on s.id = t.staff_id
     where t.token_hash = $1 and s.disabled_at is null
       and t.seen_at > now() - $2::interval and t.created_at > now() - $3::interval
       for share of t
"""

TOUCH = "update staff_sessions set seen_at = now() where token_hash = $1"

SAVE_NEW_SEED = "update staff_sessions set new_seed = $2 where token_hash = $1"

DELETE = "delete from staff_sessions where token_hash = $1"

DELETE_ALL = "delete from staff_sessions where staff_id = $1"


@dataclass(frozen=True, slots=True)
class StaffSession:
    staff: Staff
    enrolling: bool
    new_seed: str | None  # sealed
    at: datetime  # now, by the database's clock


async def insert_staff_session(tx: Transaction, token_hash: bytes, staff_id: StaffId, *, enrolling: bool) -> datetime:
    """When it began, by the database's clock: what its access token is dated with."""
    begun: datetime = await tx.fetchval(INSERT, token_hash, staff_id, enrolling)
    return begun


async def find_staff_session(db: Database | Transaction, token_hash: bytes) -> StaffSession | None:
    """The session, if it is in force; being asked for is what keeps it from being idle."""
    row = await db.fetchrow(FIND, token_hash, IDLE, ABSOLUTE)
    if row is None:
        return None
    if row["stale"]:
        await db.execute(TOUCH, token_hash)
    return StaffSession(staff_from(row), row["enrolling"], row["new_seed"], row["at"])


async def save_new_seed(db: Database, token_hash: bytes, sealed: str) -> None:
    await db.execute(SAVE_NEW_SEED, token_hash, sealed)


async def delete_staff_session(tx: Transaction, token_hash: bytes) -> None:
    await tx.execute(DELETE, token_hash)


async def delete_staff_sessions(tx: Transaction, staff_id: StaffId) -> None:
    await tx.execute(DELETE_ALL, staff_id)
