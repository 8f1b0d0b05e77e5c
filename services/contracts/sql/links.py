"""Who has which contract. Whoever writes a link holds the rows of both, the contract's first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from services.contracts.domain.contracts import Contract, LinkedContract
from services.contracts.sql.contracts import contract_from
from shared.db import Database, Transaction
from shared.ids import AccountId, ContractId, PortalName

By = Literal["key", "operator", "import"]

INSERT = """
    insert into links (account_id, contract_id, linked_at, by) values ($1, $2, $3, $4)
        on conflict do nothing
    returning seq
"""

DELETE = "delete from links where account_id = $1 and contract_id = $2 returning seq"

FIND_LINKED = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from links
      join contracts on id = contract_id
     where account_id = $1 and contract_id = $2
"""

FIND_OLDEST = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from links
      join contracts on id = contract_id
     where account_id = $1
     order by seq
     limit 1
"""

# The columns are the fields of LinkedContract, in their order.
LIST_LINKED = """
    select c.id, c.number, c.label, c.street, c.postal_code, c.city,
           coalesce(c.id = a.active_contract_id, false) as active
      from accounts a
      join links l on l.account_id = a.id
      join contracts c on c.id = l.contract_id
     where a.portal = $1 and a.id = $2
     order by l.seq
"""


async def insert_link(
    tx: Transaction, account_id: AccountId, contract_id: ContractId, linked_at: datetime, by: By
) -> bool:
    """Whether the account did not have the contract yet."""
    return await tx.fetchval(INSERT, account_id, contract_id, linked_at, by) is not None


async def delete_link(tx: Transaction, account_id: AccountId, contract_id: ContractId) -> bool:
    """Whether there was one."""
    return await tx.fetchval(DELETE, account_id, contract_id) is not None


async def find_linked(tx: Transaction, account_id: AccountId, contract_id: ContractId) -> Contract | None:
    """The contract, if this account has it."""
    row = await tx.fetchrow(FIND_LINKED, account_id, contract_id)
    return row and contract_from(row)


async def find_oldest(tx: Transaction, account_id: AccountId) -> Contract | None:
    """The contract this account has had for longest."""
    row = await tx.fetchrow(FIND_OLDEST, account_id)
    return row and contract_from(row)


async def list_linked(db: Database, portal: PortalName, account_id: AccountId) -> Sequence[LinkedContract]:
    """All and only the account's contracts (S0.10), the longest held first."""
    rows = await db.fetch(LIST_LINKED, portal, account_id)
    return [LinkedContract(*row) for row in rows]
