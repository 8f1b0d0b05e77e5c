"""Accounts as contracts knows them. Whoever changes what is active holds the account's row."""

from collections.abc import Collection, Mapping, Sequence

import asyncpg

from services.contracts.domain.accounts import Account, Contact
from services.contracts.domain.errors import AccountNotFound
from shared.db import Database, Transaction
from shared.ids import AccountId, Language, PortalName

_ACCOUNTS = """
    select id, portal, version, identifier, name, language, erased, sessions_ended_at, closed, closed_as_of,
           active_contract_id, active_version
      from accounts """

FIND_ANYWHERE = _ACCOUNTS + "where id = $1"

LOCK = _ACCOUNTS + "where portal = $1 and id = $2 for update"

LOCK_ALL = (
    _ACCOUNTS
    + """
     where id = any($1::uuid[])
     order by id                -- the order everybody locks in
       for update
"""
)

INSERT_MISSING = """
    insert into accounts (id, portal)
    select id, portal from unnest($1::uuid[], $2::text[]) as heard (id, portal)
     order by id
        on conflict do nothing
"""

SAVE_HEARD = """
    update accounts a
       set version = n.version, identifier = n.identifier, name = n.name, language = n.language, erased = n.erased,
           sessions_ended_at = n.sessions_ended_at, closed = n.closed, closed_as_of = n.closed_as_of
      from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::timestamptz[],
                  $8::bool[], $9::timestamptz[])
        as n (id, version, identifier, name, language, erased, sessions_ended_at, closed, closed_as_of)
     where a.id = n.id
"""

SAVE_ACTIVE = """
    update accounts a
       set active_contract_id = n.contract_id, active_version = n.version
      from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as n (id, contract_id, version)
     where a.id = n.id
"""


async def find_anywhere(db: Database, account_id: AccountId) -> Account | None:
    """On whatever portal; None where nothing was heard of it, or it was erased."""
    row = await db.fetchrow(FIND_ANYWHERE, account_id)
    return None if row is None or row["erased"] else account_from(row)


async def lock_account(tx: Transaction, portal: PortalName, account_id: AccountId) -> Account:
    """Raises AccountNotFound where nothing was heard of it, or it was erased."""
    row = await tx.fetchrow(LOCK, portal, account_id)
    if row is None or row["erased"]:
        raise AccountNotFound
    return account_from(row)


async def lock_customer(tx: Transaction, portal: PortalName, account_id: AccountId) -> Account:
    """Of somebody whose token says that there is such an account, whether it was heard of yet or not.

    Raises AccountNotFound where it is another portal's, or was erased.
    """
    row = await tx.fetchrow(LOCK, portal, account_id)
    if row is None:
        await insert_missing(tx, {account_id: portal})
        return await lock_account(tx, portal, account_id)
    if row["erased"]:
        raise AccountNotFound
    return account_from(row)


async def insert_missing(tx: Transaction, heard: Mapping[AccountId, PortalName]) -> None:
    """Rows for those never heard of."""
    await tx.execute(INSERT_MISSING, list(heard), list(heard.values()))


async def lock_accounts(tx: Transaction, ids: Collection[AccountId]) -> dict[AccountId, Account]:
    return {row["id"]: account_from(row) for row in await tx.fetch(LOCK_ALL, list(ids))}


async def save_heard(tx: Transaction, accounts: Sequence[Account]) -> None:
    """What auth's facts say."""
    if accounts:
        rows = [
            (one.id, *_contact_row(one.contact), one.erased, one.sessions_ended_at, one.closed, one.closed_as_of)
            for one in accounts
        ]
        await tx.execute(SAVE_HEARD, *(list(column) for column in zip(*rows, strict=True)))


async def save_active(tx: Transaction, accounts: Sequence[Account]) -> None:
    """Which contracts they look at."""
    if accounts:
        rows = [(account.id, account.active, account.active_version) for account in accounts]
        await tx.execute(SAVE_ACTIVE, *(list(column) for column in zip(*rows, strict=True)))


def account_from(row: asyncpg.Record) -> Account:
    contact = None
    if row["version"] is not None:
        contact = Contact(row["version"], row["identifier"], row["name"], Language(row["language"]))
    return Account(
        id=AccountId(row["id"]),
        portal=PortalName(row["portal"]),
        contact=contact,
        erased=row["erased"],
        sessions_ended_at=row["sessions_ended_at"],
        closed=row["closed"],
        closed_as_of=row["closed_as_of"],
        active=row["active_contract_id"],
        active_version=row["active_version"],
    )


def _contact_row(contact: Contact | None) -> tuple[object, ...]:
    return (None,) * 4 if contact is None else (contact.version, contact.identifier, contact.name, contact.language)
