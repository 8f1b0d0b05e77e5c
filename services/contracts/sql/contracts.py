"""Contracts. Whoever writes one, its keys or its links holds its row."""

import asyncpg

from services.contracts.domain.contracts import Contract, Details
from services.contracts.domain.errors import ContractNotFound
from shared.db import Database, Transaction
from shared.ids import ContractId, PortalName

_CONTRACTS = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from contracts """

FIND = _CONTRACTS + "where portal = $1 and id = $2"

FIND_NUMBERED = _CONTRACTS + "where portal = $1 and number = $2"

FIND_ANYWHERE = _CONTRACTS + "where id = $1"

LOCK = FIND + " for update"

INSERT = """
    insert into contracts (id, portal, number, label, street, postal_code, city)
    values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (portal, number) do nothing
    returning id
"""


async def find_contract(db: Database | Transaction, portal: PortalName, contract_id: ContractId) -> Contract | None:
    row = await db.fetchrow(FIND, portal, contract_id)
    return row and contract_from(row)


async def find_anywhere(db: Database, contract_id: ContractId) -> Contract | None:
    """On whatever portal."""
    row = await db.fetchrow(FIND_ANYWHERE, contract_id)
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


def contract_from(row: asyncpg.Record) -> Contract:
    """From a row that has the columns of the table."""
    return Contract(
        id=ContractId(row["id"]),
        portal=PortalName(row["portal"]),
        details=Details(row["number"], row["label"], row["street"], row["postal_code"], row["city"]),
        named_holder=row["named_holder"],
        wanted_holder=row["wanted_holder"],
    )
