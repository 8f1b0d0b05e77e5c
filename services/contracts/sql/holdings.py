"""Who has which contracts, as the desk looks at it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from services.contracts.domain.contracts import Contract
from services.contracts.sql.contracts import contract_from
from services.contracts.sql.links import By
from shared.db import Database
from shared.ids import AccountId, ContractId

# The longest held first, behind the contract $2.
LIST_OF_ACCOUNT = """
    select c.id, c.portal, c.number, c.label, c.street, c.postal_code, c.city, c.named_holder, c.wanted_holder,
           l.linked_at, l.by, coalesce(c.id = a.active_contract_id, false) as active
      from accounts a
      join links l on l.account_id = a.id
      join contracts c on c.id = l.contract_id
     where a.id = $1
       and l.seq > coalesce((select seq from links where account_id = $1 and contract_id = $2), 0)
     order by l.seq
     limit $3
"""

LIST_OF_CONTRACT = """
    select a.id as account_id, a.identifier, a.name, l.linked_at, l.by,
           coalesce(l.contract_id = a.active_contract_id, false) as active
      from links l
      join accounts a on a.id = l.account_id
     where l.contract_id = $1
     order by l.seq
     limit $2
"""

LIST_HAD = "select contract_id from links where account_id = $1 and contract_id = any($2::uuid[])"


class Holding(NamedTuple):
    """A contract that an account has; `active`: the one it looks at."""

    contract: Contract
    linked_at: datetime
    by: By
    active: bool


class Holder(NamedTuple):
    """Somebody who has a contract; neither identifier nor name as long as auth's fact about them has not arrived."""

    account_id: AccountId
    identifier: str | None
    name: str | None
    linked_at: datetime
    by: By
    active: bool


async def list_holdings(
    db: Database, account_id: AccountId, *, after: ContractId | None, limit: int
) -> Sequence[Holding]:
    rows = await db.fetch(LIST_OF_ACCOUNT, account_id, after, limit)
    return [Holding(contract_from(row), row["linked_at"], row["by"], row["active"]) for row in rows]


async def list_holders(db: Database, contract_id: ContractId, *, limit: int) -> Sequence[Holder]:
    """Who has had it for longest first."""
    return [Holder(**row) for row in await db.fetch(LIST_OF_CONTRACT, contract_id, limit)]


async def list_had(db: Database, account_id: AccountId, contracts: Collection[ContractId]) -> frozenset[ContractId]:
    """Those of `contracts` that the account has."""
    return frozenset(row["contract_id"] for row in await db.fetch(LIST_HAD, account_id, list(contracts)))
