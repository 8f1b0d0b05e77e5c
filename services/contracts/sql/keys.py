"""Activation keys. Whoever writes one holds its contract's row."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import KeyNotFound, KeyUnknown
from services.contracts.domain.keys import IssuedKey
from services.contracts.sql.contracts import contract_from
from shared.audit import Actor
from shared.db import Database, Transaction
from shared.ids import AccountId, ContractId, KeyId, PortalName

# Both rows are locked, the contract's first: what was waited for is read as it is then, of the key too.
LOCK_BY_DIGEST = """
    select c.id, c.portal, c.number, c.label, c.street, c.postal_code, c.city, c.named_holder, c.wanted_holder,
           k.id as key_id, k.contract_id, k.portal as key_portal, k.expires_at, k.redeemed_at, k.revoked_at
      from activation_keys k
      join contracts c on c.id = k.contract_id
     where k.digest = $1
       for update of c, k
"""

FIND_CONTRACT = "select contract_id from activation_keys where portal = $1 and id = $2"

GET = """
    select id as key_id, contract_id, portal as key_portal, expires_at, redeemed_at, revoked_at
      from activation_keys
     where id = $1
"""

INSERT = """
    insert into activation_keys (id, contract_id, portal, digest, request_id, issued_at, expires_at, issued_by,
                                 issued_by_name)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

REVOKE_LIVE = """
    update activation_keys set revoked_at = $2
     where contract_id = $1 and redeemed_at is null and revoked_at is null
    returning id
"""

REDEEM = "update activation_keys set redeemed_at = $3, redeemed_by = $2 where id = $1"


class Lock(NamedTuple):
    """A key and the contract it opens, both held."""

    key: IssuedKey
    contract: Contract


async def lock_by_digest(tx: Transaction, digest: bytes) -> Lock:
    """On whatever portal. Raises KeyUnknown."""
    row = await tx.fetchrow(LOCK_BY_DIGEST, digest)
    if row is None:
        raise KeyUnknown
    return Lock(_key_from(row), contract_from(row))


async def find_contract_of(db: Database | Transaction, portal: PortalName, key_id: KeyId) -> ContractId | None:
    return await db.fetchval(FIND_CONTRACT, portal, key_id)  # type: ignore[no-any-return]


async def get_key(tx: Transaction, key_id: KeyId) -> IssuedKey:
    """Under its contract's lock. Raises KeyNotFound."""
    row = await tx.fetchrow(GET, key_id)
    if row is None:
        raise KeyNotFound
    return _key_from(row)


async def insert_key(
    tx: Transaction, key: IssuedKey, digest: bytes, request_id: UUID | None, issued_at: datetime, issued_by: Actor
) -> None:
    said = (digest, request_id, issued_at, key.expires_at, issued_by.said, issued_by.name)
    await tx.execute(INSERT, key.id, key.contract_id, key.portal, *said)


async def revoke_live_key(tx: Transaction, contract_id: ContractId, at: datetime) -> KeyId | None:
    """Which one it was; None: there was none."""
    return await tx.fetchval(REVOKE_LIVE, contract_id, at)  # type: ignore[no-any-return]


async def redeem_key(tx: Transaction, key: IssuedKey, account_id: AccountId, at: datetime) -> None:
    await tx.execute(REDEEM, key.id, account_id, at)


def _key_from(row: asyncpg.Record) -> IssuedKey:
    return IssuedKey(
        id=KeyId(row["key_id"]),
        contract_id=ContractId(row["contract_id"]),
        portal=PortalName(row["key_portal"]),
        expires_at=row["expires_at"],
        redeemed_at=row["redeemed_at"],
        revoked_at=row["revoked_at"],
    )
