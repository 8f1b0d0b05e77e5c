"""Requests for keys: that identity and address were checked, and by whom; and whether they brought a key."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.contracts.domain.errors import KeyRequestNotFound
from services.contracts.sql.key_overview import KEYS, KeyState
from shared.audit import Actor
from shared.db import Database, Transaction
from shared.ids import ContractId, PortalName

INSERT = """
    insert into key_requests (id, contract_id, portal, checked_by, checked_by_name) values ($1, $2, $3, $4, $5)
"""

# A letter may be lost, so a request brings as many keys as it takes, one live at a time, until one of them was used.
IS_OPEN = """
    select exists (select from key_requests where id = $2 and contract_id = $1)
       and not exists (select from activation_keys where request_id = $2 and redeemed_at is not null)
"""

SAVE_ANSWERED = "update key_requests set answered_at = $2 where id = $1 and answered_at is null"

_REQUESTS = """
    select r.id, r.contract_id, r.portal, c.number, c.label, r.requested_at, r.checked_by, r.checked_by_name,
           (select k.state
              from """

_SHOWN = (
    _REQUESTS
    + KEYS
    + """ as k
             where k.request_id = r.id
             order by k.id desc
             limit 1) as key_state
      from """
)

# Behind the one $2, which waited for its key then or did not ($3). Portal by portal: each stops after a page.
_OF_PORTALS = """
           (select one.*
              from unnest($1::text[]) as seen (portal)
             cross join lateral (
                   (select * from key_requests
                     where portal = seen.portal and answered_at is null and $3 and id < $2
                     order by id desc
                     limit $4)
                   union all
                   (select * from key_requests
                     where portal = seen.portal and answered_at is not null and ($3 or id < $2)
                     order by id desc
                     limit $4)) as one)"""

LIST = (
    _SHOWN
    + _OF_PORTALS
    + """ as r
      join contracts c on c.id = r.contract_id
     order by r.answered_at is null desc, r.id desc
     limit $4
"""
)

LIST_OF_CONTRACT = (
    _SHOWN
    + """key_requests as r
      join contracts c on c.id = r.contract_id
     where r.contract_id = $1
     order by r.id desc
     limit $2
"""
)

LAST = UUID(int=2**128 - 1)


class Place(NamedTuple):
    """Where a page of requests ended."""

    waiting: bool
    id: UUID


class RequestOverview(NamedTuple):
    """`key_state`: of the last key it brought; None: it waits for one."""

    id: UUID
    contract_id: ContractId
    portal: PortalName
    number: str
    label: str
    requested_at: datetime
    checked_by: str
    checked_by_name: str
    key_state: KeyState | None

    @property
    def place(self) -> Place:
        return Place(self.key_state is None, self.id)


async def insert_request(
    tx: Transaction, request_id: UUID, contract_id: ContractId, portal: PortalName, checked_by: Actor
) -> None:
    await tx.execute(INSERT, request_id, contract_id, portal, checked_by.said, checked_by.name)


async def ensure_open_request(db: Database | Transaction, contract_id: ContractId, request_id: UUID) -> None:
    """Raises KeyRequestNotFound."""
    if not await db.fetchval(IS_OPEN, contract_id, request_id):
        raise KeyRequestNotFound


async def save_answered(tx: Transaction, request_id: UUID, at: datetime) -> None:
    """That a key was issued for it; the first one counts."""
    await tx.execute(SAVE_ANSWERED, request_id, at)


async def list_requests(
    db: Database, portals: Sequence[PortalName], *, after: Place | None, limit: int
) -> Sequence[RequestOverview]:
    """Those that wait for their key first; of each kind the newest."""
    behind = after or Place(waiting=True, id=LAST)
    rows = await db.fetch(LIST, list(portals), behind.id, behind.waiting, limit)
    return [RequestOverview(**row) for row in rows]


async def list_requests_for(db: Database, contract_id: ContractId, *, limit: int) -> Sequence[RequestOverview]:
    """The newest first."""
    return [RequestOverview(**row) for row in await db.fetch(LIST_OF_CONTRACT, contract_id, limit)]
