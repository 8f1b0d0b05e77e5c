"""Activation keys as operators look at them: all that is kept of each, which is not the key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.contracts.domain.errors import KeyNotFound
from shared.db import Database
from shared.ids import ContractId, KeyId, PortalName

KeyState = Literal["live", "used", "revoked", "expired"]

LIST = """
    select *
      from (select k.id, k.contract_id, c.number, k.issued_at, k.expires_at,
                   case when k.redeemed_at is not null then 'used'
                        when k.revoked_at is not null then 'revoked'
                        when k.expires_at <= now() then 'expired'
                        else 'live' end as state
              from activation_keys k
              join contracts c on c.id = k.contract_id
             where k.portal = $1 and ($2::text is null or c.number = $2)) keys
     where $3::text is null or state = $3
     order by id desc
     limit $4
"""

FIND_PORTAL = "select portal from activation_keys where id = $1"


class KeyOverview(NamedTuple):
    id: KeyId
    contract_id: ContractId
    number: str
    issued_at: datetime
    expires_at: datetime
    state: KeyState


async def list_keys(
    db: Database, portal: PortalName, *, number: str | None, state: KeyState | None, limit: int
) -> Sequence[KeyOverview]:
    """The newest first. `number` None: of every contract."""
    return [KeyOverview(**row) for row in await db.fetch(LIST, portal, number, state, limit)]


async def get_portal_of(db: Database, key_id: KeyId) -> PortalName:
    """Raises KeyNotFound."""
    portal: PortalName | None = await db.fetchval(FIND_PORTAL, key_id)
    if portal is None:
        raise KeyNotFound
    return portal
