"""Contracts. Whoever writes one, its keys or its links holds its row."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.contracts.domain.contracts import Contract, Details
from services.contracts.domain.errors import ContractNotFound
from shared.db import Database, Transaction
from shared.ids import AccountId, ContractId, PortalName

_CONTRACTS = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from contracts """

FIND = _CONTRACTS + "where portal = $1 and id = $2"

FIND_NUMBERED = _CONTRACTS + "where portal = $1 and number = $2"

LOCK = FIND + " for update"

INSERT = """
    insert into contracts (id, portal, number, label, street, postal_code, city)
    values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (portal, number) do nothing
    returning id
"""

# In the order of the numbers, from where the contract $2 stands; the numbers that lie from $4 to $5.
LIST = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from contracts
     where portal = $1 and number > coalesce((select number from contracts where id = $2), '')
       and number >= $4 and number < $5
     order by number
     limit $3
"""

LIST_OF_ACCOUNT = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from links
      join contracts on id = contract_id
     where account_id = $6 and portal = $1 and number > coalesce((select number from contracts where id = $2), '')
       and number >= $4 and number < $5
     order by number
     limit $3
"""

LAST_CHARACTER = "\U0010ffff"


class Found(NamedTuple):
    """A page of contracts; `after` is where the next one begins, None at the end."""

    contracts: Sequence[Contract]
    after: ContractId | None


async def find_contract(db: Database | Transaction, portal: PortalName, contract_id: ContractId) -> Contract | None:
    row = await db.fetchrow(FIND, portal, contract_id)
    return row and contract_from(row)


async def find_numbered(db: Database | Transaction, portal: PortalName, number: str) -> Contract | None:
    row = await db.fetchrow(FIND_NUMBERED, portal, number)
    return row and contract_from(row)


async def lock_contract(tx: Transaction, portal: PortalName, contract_id: ContractId) -> Contract:
    """Raises ContractNotFound."""
    row = await tx.fetchrow(LOCK, portal, contract_id)
    if row is None:
        raise ContractNotFound
    return contract_from(row)


async def insert_contract(tx: Transaction, contract: Contract) -> bool:
    """Whether its number was free."""
    details = contract.details
    said = (details.number, details.label, details.street, details.postal_code, details.city)
    return await tx.fetchval(INSERT, contract.id, contract.portal, *said) is not None


async def list_contracts(
    db: Database, portal: PortalName, beginning: str, holder: AccountId | None, *, after: ContractId | None, limit: int
) -> Found:
    """Those whose number begins so; all where that is empty. `holder` None: whoever has them."""
    page = (portal, after or UUID(int=0), limit + 1, beginning, beginning + LAST_CHARACTER)
    rows = await (db.fetch(LIST, *page) if holder is None else db.fetch(LIST_OF_ACCOUNT, *page, holder))
    contracts = [contract_from(row) for row in rows[:limit]]
    return Found(contracts, contracts[-1].id if len(rows) > limit else None)


def contract_from(row: asyncpg.Record) -> Contract:
    """From a row that has the columns of the table."""
    return Contract(
        id=ContractId(row["id"]),
        portal=PortalName(row["portal"]),
        details=Details(row["number"], row["label"], row["street"], row["postal_code"], row["city"]),
        named_holder=row["named_holder"],
        wanted_holder=row["wanted_holder"],
    )
