"""Files of contracts, a thousand rows a transaction, with statements for sets."""

from collections.abc import Sequence

from services.contracts.domain.contracts import Contract
from services.contracts.sql.contracts import contract_from
from shared.db import Transaction
from shared.ids import PortalName

LOCK_NUMBERED = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from contracts
     where portal = $1 and number = any($2::text[])
     order by id
       for update
"""

INSERT_ALL = """
    insert into contracts (id, label, street, postal_code, city, named_holder, wanted_holder, portal, number)
    select *
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::text[])
        on conflict (portal, number) do nothing
    returning id
"""

SAVE_ALL = """
    update contracts c
       set label = new.label, street = new.street, postal_code = new.postal_code, city = new.city,
           named_holder = new.named_holder, wanted_holder = new.wanted_holder
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
        as new (id, label, street, postal_code, city, named_holder, wanted_holder)
     where c.id = new.id
"""


async def lock_numbered(tx: Transaction, portal: PortalName, numbers: Sequence[str]) -> Sequence[Contract]:
    return [contract_from(row) for row in await tx.fetch(LOCK_NUMBERED, portal, list(numbers))]


async def insert_contracts(tx: Transaction, contracts: Sequence[Contract]) -> int:
    """How many had a free number."""
    rows = [(*_what_changes(contract), contract.portal, contract.details.number) for contract in contracts]
    return len(await tx.fetch(INSERT_ALL, *_columns(rows))) if rows else 0


async def save_contracts(tx: Transaction, contracts: Sequence[Contract]) -> None:
    if contracts:
        await tx.execute(SAVE_ALL, *_columns([_what_changes(contract) for contract in contracts]))


def _what_changes(contract: Contract) -> tuple[object, ...]:
    """The values INSERT_ALL and SAVE_ALL have in common."""
    said = contract.details
    return (
        contract.id,
        said.label,
        said.street,
        said.postal_code,
        said.city,
        contract.named_holder,
        contract.wanted_holder,
    )


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
