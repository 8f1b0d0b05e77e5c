"""Holders the operator's file names: linked as soon as both the contract and the account are known, whichever comes
first. Nobody locks more than here, so everybody who looks for the other half takes turns first: two that commit at the
same moment would else each miss what the other writes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract
from services.contracts.sql.accounts import account_from
from services.contracts.sql.contracts import contract_from
from shared.db import Transaction
from shared.ids import AccountId, ContractId, PortalName

# Until the end of the transaction, one after the other for each portal; several in the order of their names.
TAKE_TURNS = """
    select pg_advisory_xact_lock(hashtextextended('holders of ' || portal, 0))
      from (select distinct portal from unnest($1::text[]) as portal order by portal) as in_order
"""

LOCK_WANTED = """
    select id, portal, number, label, street, postal_code, city, named_holder, wanted_holder
      from contracts
     where wanted_holder is not null and (portal, wanted_holder) in (select * from unnest($1::text[], $2::text[]))
     order by id
       for update
"""

# Those named, and those who may be looking at a contract whose title changes.
LOCK_ACCOUNTS = """
    select id, portal, version, identifier, name, language, erased, sessions_ended_at, closed, closed_as_of,
           active_contract_id, active_version
      from accounts
     where id in (select id from accounts where portal = $1 and identifier = any($2::text[])
                  union all
                  select account_id from links where contract_id = any($3::uuid[]))
     order by id
       for update
"""

INSERT_LINKS = """
    insert into links (account_id, contract_id, linked_at, by)
    select account_id, contract_id, $3, 'import'
      from unnest($1::uuid[], $2::uuid[]) with ordinality as pair (account_id, contract_id, place)
     order by place
        on conflict do nothing
    returning account_id, contract_id
"""

CLEAR_WANTED = "update contracts set wanted_holder = null where id = any($1::uuid[])"


async def take_turns(tx: Transaction, portals: Iterable[PortalName]) -> None:
    """Before any row is locked."""
    await tx.execute(TAKE_TURNS, list(portals))


async def lock_wanted(tx: Transaction, holders: Collection[tuple[PortalName, str]]) -> Sequence[Contract]:
    """The contracts that want one of these: portal and identifier."""
    portals, identifiers = [portal for portal, _ in holders], [identifier for _, identifier in holders]
    return [contract_from(row) for row in await tx.fetch(LOCK_WANTED, portals, identifiers)]


async def lock_concerned(
    tx: Transaction, portal: PortalName, identifiers: Collection[str], retitled: Collection[ContractId]
) -> dict[AccountId, Account]:
    """The accounts of these identifiers, and all that have one of the contracts whose title changes."""
    rows = await tx.fetch(LOCK_ACCOUNTS, portal, list(identifiers), list(retitled))
    return {row["id"]: account_from(row) for row in rows}


async def insert_links(
    tx: Transaction, pairs: Sequence[tuple[AccountId, ContractId]], linked_at: datetime
) -> set[tuple[AccountId, ContractId]]:
    """Those that were not there yet; the earlier of an account's are its older ones."""
    accounts, contracts = [account for account, _ in pairs], [contract for _, contract in pairs]
    rows = await tx.fetch(INSERT_LINKS, accounts, contracts, linked_at)
    return {(AccountId(row["account_id"]), ContractId(row["contract_id"])) for row in rows}


async def clear_wanted(tx: Transaction, contracts: Iterable[ContractId]) -> None:
    await tx.execute(CLEAR_WANTED, list(contracts))
