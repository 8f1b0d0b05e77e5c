"""Accounts people asked for. Those for one address are written by one at a time: see `names.lock_name`."""

from datetime import datetime

import asyncpg

from services.auth.domain.accounts import Details
from services.auth.domain.errors import TokenNotRecognised
from services.auth.domain.names import folded
from services.auth.domain.registrations import Registration
from shared.db import Transaction
from shared.ids import AccountId, Language, PortalName

INSERT = """
    insert into registrations (token_hash, account_id, portal, name, email, email_folded, language, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

GET = """
    select token_hash, account_id, portal, name, email, language, expires_at, ended_at
      from registrations
     where token_hash = $1 and portal = $2
"""

END = """
    update registrations
       set ended_at = now()
     where portal = $1 and email_folded = $2 and ended_at is null
"""


async def insert_registration(tx: Transaction, registration: Registration) -> None:
    details = registration.details
    await tx.execute(
        INSERT,
        registration.token_hash,
        registration.account_id,
        registration.portal,
        details.name,
        details.email,
        folded(details.email),
        details.language,
        registration.expires_at,
    )


async def get_registration(tx: Transaction, portal: PortalName, token_hash: bytes) -> Registration:
    """Raises TokenNotRecognised."""
    row = await tx.fetchrow(GET, token_hash, portal)
    if row is None:
        raise TokenNotRecognised
    return _registration_from(row)


async def end_registrations(tx: Transaction, portal: PortalName, email: str) -> None:
    """Every one for this address."""
    await tx.execute(END, portal, folded(email))


def _registration_from(row: asyncpg.Record) -> Registration:
    ended_at: datetime | None = row["ended_at"]
    return Registration(
        token_hash=row["token_hash"],
        account_id=AccountId(row["account_id"]),
        portal=PortalName(row["portal"]),
        details=Details(title="", name=row["name"], email=row["email"], language=Language(row["language"])),
        expires_at=row["expires_at"],
        ended_at=ended_at,
    )
