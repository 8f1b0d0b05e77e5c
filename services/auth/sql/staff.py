"""Staff, and the codes that stand in for their second factor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg

from services.auth.domain.credentials import PasswordHash
from services.auth.domain.errors import StaffNotFound
from services.auth.domain.names import folded
from services.auth.domain.staff import Staff, StaffId
from shared.db import Database, Transaction

# Whoever left may come back under the name they had, with nothing of what they knew.
INSERT = """
    insert into staff as s (id, login, login_folded, name, role, portals, password_hash, seed)
    values ($1, $2, $3, $4, $5, $6, $7, null)
        on conflict (login_folded) do update
       set login = excluded.login, name = excluded.name, role = excluded.role, portals = excluded.portals,
           password_hash = excluded.password_hash, disabled_at = null
     where s.disabled_at is not null
    returning id
"""

LIST = "select id, login, name, role, portals, created_at, disabled_at from staff order by login_folded"

FIND_FOR_SIGN_IN = """
    select id, login, name, role, portals, created_at, disabled_at, password_hash, seed, now() as at
      from staff
     where login_folded = $1 and disabled_at is null
"""

FIND_ID = "select id from staff where login_folded = $1"

LOCK = """
    select id, login, name, role, portals, created_at, disabled_at from staff where id = $1 for update
"""

DISABLE = "update staff set disabled_at = coalesce(disabled_at, now()), seed = null where id = $1"

IS_IN_FORCE = """
    select exists (select from staff where id = $1 and disabled_at is null and tokens_ended_at < $2)
"""

SAVE_SEED = "update staff set seed = $2, seed_step = $3 where id = $1"

USE_STEP = "update staff set seed_step = $2 where id = $1 and seed_step < $2 returning seed_step"

USE_CODE = """
    delete from staff_codes
     where staff_id = $1 and code_hash = $2 and (expires_at is null or now() < expires_at)
    returning kind
"""

DELETE_CODES = "delete from staff_codes where staff_id = $1"

INSERT_CODES = """
    insert into staff_codes (code_hash, staff_id, kind, expires_at)
    select hash, $2, $3, $4 from unnest($1::bytea[]) hash
"""

# The clock is read after the sessions were deleted; never earlier than before (see sql/sessions.py).
END_TOKENS = """
    update staff set tokens_ended_at = greatest(tokens_ended_at, clock_timestamp()) where id = $1
"""


CodeKind = Literal["recovery", "enrolment"]


@dataclass(frozen=True, slots=True)
class FoundStaff:
    staff: Staff
    password_hash: PasswordHash
    seed: str | None  # sealed
    at: datetime  # now, by the database's clock


async def insert_staff(tx: Transaction, staff: Staff, password_hash: PasswordHash) -> StaffId | None:
    """The id it has; None where somebody has this name and has not left."""
    values = (staff.id, staff.login, folded(staff.login), staff.name, staff.role, sorted(staff.portals), password_hash)
    found: StaffId | None = await tx.fetchval(INSERT, *values)
    return found


async def list_staff(db: Database) -> Sequence[Staff]:
    return [staff_from(row) for row in await db.fetch(LIST)]


async def find_for_sign_in(db: Database, login: str) -> FoundStaff | None:
    row = await db.fetchrow(FIND_FOR_SIGN_IN, folded(login))
    return None if row is None else FoundStaff(staff_from(row), row["password_hash"], row["seed"], row["at"])


async def get_staff_id(db: Database, login: str) -> StaffId:
    """Raises StaffNotFound."""
    found: StaffId | None = await db.fetchval(FIND_ID, folded(login))
    if found is None:
        raise StaffNotFound(f"nobody at the desk is named {login!r}")
    return found


async def lock_staff(tx: Transaction, staff_id: StaffId) -> Staff:
    """Raises StaffNotFound."""
    row = await tx.fetchrow(LOCK, staff_id)
    if row is None:
        raise StaffNotFound
    return staff_from(row)


async def disable_staff(tx: Transaction, staff_id: StaffId) -> None:
    await tx.execute(DISABLE, staff_id)


async def is_staff_in_force(db: Database, staff_id: StaffId, issued_at: datetime) -> bool:
    return bool(await db.fetchval(IS_IN_FORCE, staff_id, issued_at))


async def save_seed(tx: Transaction, staff_id: StaffId, seed: str | None, step: int) -> None:
    """`seed` sealed; None: to be set up anew. `step`: the last one whose code was used."""
    await tx.execute(SAVE_SEED, staff_id, seed, step)


async def use_step(tx: Transaction, staff_id: StaffId, step: int) -> bool:
    """Whether it was not used before, nor any after it."""
    return await tx.fetchval(USE_STEP, staff_id, step) is not None


async def use_code(tx: Transaction, staff_id: StaffId, code_hash: bytes) -> CodeKind | None:
    """What it was for; None where it is no code of theirs, or none any more."""
    kind: CodeKind | None = await tx.fetchval(USE_CODE, staff_id, code_hash)
    return kind


async def replace_codes(
    tx: Transaction, staff_id: StaffId, hashes: Iterable[bytes], kind: CodeKind, expires_at: datetime | None = None
) -> None:
    """Those there were open nothing any more."""
    await tx.execute(DELETE_CODES, staff_id)
    await tx.execute(INSERT_CODES, list(hashes), staff_id, kind, expires_at)


async def end_staff_tokens(tx: Transaction, staff_id: StaffId) -> None:
    await tx.execute(END_TOKENS, staff_id)


def staff_from(row: asyncpg.Record) -> Staff:
    return Staff(
        id=StaffId(row["id"]),
        login=row["login"],
        name=row["name"],
        role=row["role"],
        portals=frozenset(row["portals"]),
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )
