"""Activation keys as operators look at them: all that is kept of each, which is not the key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.contracts.domain.errors import KeyNotFound
from shared.db import Database
from shared.ids import ContractId, KeyId, PortalName

KeyState = Literal["live", "used", "revoked", "expired"]

KEYS = """
    (select k.id, k.contract_id, k.portal, k.request_id, k.issued_at, k.issued_by, k.issued_by_name, k.expires_at,
            coalesce(k.redeemed_at, k.revoked_at) as ended_at,
            case when k.redeemed_at is not null then 'used'
                 when k.revoked_at is not null then 'revoked'
                 when k.expires_at <= now() then 'expired'
                 else 'live' end as state
       from activation_keys k)
"""

_SHOWN = """
    select k.id, k.contract_id, c.number, k.issued_at, k.issued_by, k.issued_by_name, k.expires_at, k.ended_at, k.state
      from """

LIST = (
    _SHOWN
    + KEYS
    + """ as k
      join contracts c on c.id = k.contract_id
     where k.portal = $1 and ($2::text is null or c.number = $2) and ($3::text is null or k.state = $3)
     order by k.id desc
     limit $4
"""
)

LIST_OF_CONTRACT = (
    _SHOWN
    + KEYS
    + """ as k
      join contracts c on c.id = k.contract_id
     where k.contract_id = $1
     order by k.id desc
     limit $2
"""
)

FIND = (
    _SHOWN
    + KEYS
    + """ as k
      join contracts c on c.id = k.contract_id
     where k.contract_id = $1 and k.id = $2
"""
)

FIND_LIVE = (
    _SHOWN
    + KEYS
    + """ as k
      join contracts c on c.id = k.contract_id
     where k.contract_id = $1 and k.state = 'live'
"""
)

FIND_PORTAL = "select portal from activation_keys where id = $1"


class KeyOverview(NamedTuple):
    """`ended_at`: when it was used or revoked. `issued_by` is empty for keys of long ago; `issued_by_name` for those
    that no colleague issued."""

    id: KeyId
    contract_id: ContractId
    number: str
    issued_at: datetime
    issued_by: str
    issued_by_name: str
    expires_at: datetime
    ended_at: datetime | None
    state: KeyState


async def list_keys(
    db: Database, portal: PortalName, *, number: str | None, state: KeyState | None, limit: int
) -> Sequence[KeyOverview]:
    """The newest first. `number` None: of every contract."""
    return [KeyOverview(**row) for row in await db.fetch(LIST, portal, number, state, limit)]


async def list_keys_for(db: Database, contract_id: ContractId, *, limit: int) -> Sequence[KeyOverview]:
    """The newest first."""
    return [KeyOverview(**row) for row in await db.fetch(LIST_OF_CONTRACT, contract_id, limit)]


async def find_key(db: Database, contract_id: ContractId, key_id: KeyId) -> KeyOverview | None:
    """One of this contract's."""
    row = await db.fetchrow(FIND, contract_id, key_id)
    return row and KeyOverview(**row)


async def find_live_key(db: Database, contract_id: ContractId) -> KeyOverview | None:
    """The one with which somebody could still link the contract (S0.6)."""
    row = await db.fetchrow(FIND_LIVE, contract_id)
    return row and KeyOverview(**row)


async def get_portal_of(db: Database, key_id: KeyId) -> PortalName:
    """Raises KeyNotFound."""
    portal: PortalName | None = await db.fetchval(FIND_PORTAL, key_id)
    if portal is None:
        raise KeyNotFound
    return portal
