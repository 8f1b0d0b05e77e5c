"""Accounts. What is locked is read in the same statement from the account's own row only: a joined row would be as old
as the statement, and miss what the one we waited for has written."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.auth.domain.accounts import Account, Details
from services.auth.domain.errors import AccountNotFound
from services.auth.domain.names import SubmittedName, folded
from shared.db import Database, Transaction
from shared.ids import AccountId, Language, PortalName

_ACCOUNTS = """
    select id, portal, identifier, title, name, email, language, contact_person, services, mailbox_shared,
           contact_version, opened_at, closed_at, reopened_at
      from accounts """

FIND_BY_ID = _ACCOUNTS + "where portal = $1 and id = $2"

FIND_BY_IDENTIFIER = _ACCOUNTS + "where portal = $1 and identifier = $2"

LOCK_BY_ID = FIND_BY_ID + " for update"

LOCK_OPEN_BY_EMAIL = (
    _ACCOUNTS
    + """
     where portal = $1 and email_folded = $2 and email_folded <> '' and closed_at is null
     order by id
       for update      -- the account's id is the events' key: its lock gives them their order
"""
)

LOCK_BY_EMAIL = (
    _ACCOUNTS
    + """
     where portal = $1 and email_folded = $2 and email_folded <> ''
     order by id
       for update
"""
)

# By themselves, and those that have one of the addresses.
LOCK_WITH_NEIGHBOURS = (
    _ACCOUNTS  # noqa: S608 -- of constants
    + """
     where id in (select id from accounts where portal = $1 and id = any($2::uuid[])
                  union all
                  select id from accounts where portal = $1 and email_folded = any($3::text[]) and email_folded <> '')
     order by id
       for update
"""
)

LOCK_OPEN_BY_CODE = (
    _ACCOUNTS
    + """
     where portal = $1 and identifier = $2 and closed_at is null
       for update
"""
)

FIND_OPEN_BY_EMAIL = """
    select id from accounts
     where portal = $1 and email_folded = $2 and email_folded <> '' and closed_at is null
     order by id
     limit 1
"""

FIND_OPEN_BY_CODE = "select id from accounts where portal = $1 and identifier = $2 and closed_at is null"

EXISTS_BY_EMAIL = """
    select exists (select from accounts
                    where portal = $1 and email_folded = $2 and email_folded <> '' and closed_at is null)
"""

EXISTS_BY_CODE = "select exists (select from accounts where portal = $1 and identifier = $2 and closed_at is null)"

INSERT = """
    insert into accounts (id, portal, identifier, title, name, email, email_folded, language, contact_person, services,
                          mailbox_shared, contact_version, opened_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (portal, identifier) do nothing
    returning id
"""

SAVE = """
    update accounts
       set title = $2, name = $3, email = $4, email_folded = $5, language = $6, contact_person = $7, services = $8,
           mailbox_shared = $9, contact_version = $10, closed_at = $11, reopened_at = $12
     where id = $1
"""

# From a cursor on; ids are in the order of opening.
LIST = (
    _ACCOUNTS
    + """
     where portal = any($1::text[]) and id > $2
     order by id
     limit $3
"""
)

# An address, an identifier, or the beginnings of words of the name: each found by an index of its own.
SEARCH = """
    select id, portal, identifier, title, name, email, language, contact_person, services, mailbox_shared,
           contact_version, opened_at, closed_at, reopened_at
      from accounts
     where id > $2
       and id in (select id from accounts where portal = any($1::text[]) and identifier = $4
                  union all
                  select id from accounts where portal = any($1::text[]) and email_folded = $5 and email_folded <> ''
                  union all
                  select id from accounts
                   where portal = any($1::text[]) and to_tsvector('simple', name) @@ to_tsquery('simple', $6))
     order by id
     limit $3
"""

FIRST = AccountId(UUID(int=0))


class Found(NamedTuple):
    """A page of accounts; `after` is where the next one begins, None at the end."""

    accounts: Sequence[Account]
    after: AccountId | None


async def find_account(db: Database | Transaction, portal: PortalName, account_id: AccountId) -> Account | None:
    row = await db.fetchrow(FIND_BY_ID, portal, account_id)
    return row and account_from(row)


async def find_identified(db: Database | Transaction, portal: PortalName, identifier: str) -> Account | None:
    row = await db.fetchrow(FIND_BY_IDENTIFIER, portal, identifier)
    return row and account_from(row)


async def lock_account(tx: Transaction, portal: PortalName, account_id: AccountId) -> Account:
    """Raises AccountNotFound."""
    row = await tx.fetchrow(LOCK_BY_ID, portal, account_id)
    if row is None:
        raise AccountNotFound
    return account_from(row)


async def lock_open_accounts(tx: Transaction, portal: PortalName, name: SubmittedName) -> Sequence[Account]:
    """All that have this name and are not closed, in the order of their ids; by code at most one."""
    query = LOCK_OPEN_BY_EMAIL if name.kind == "email" else LOCK_OPEN_BY_CODE
    return [account_from(row) for row in await tx.fetch(query, portal, name.sought)]


async def lock_accounts_at(tx: Transaction, portal: PortalName, address: SubmittedName) -> Sequence[Account]:
    """All that have this address, closed or not, in the order of their ids."""
    return [account_from(row) for row in await tx.fetch(LOCK_BY_EMAIL, portal, address.sought)]


async def lock_with_neighbours(
    tx: Transaction, portal: PortalName, account_ids: Collection[AccountId], addresses: Collection[str]
) -> Sequence[Account]:
    """These, and all that have one of these addresses (folded), closed or not, in the order of their ids."""
    rows = await tx.fetch(LOCK_WITH_NEIGHBOURS, portal, list(account_ids), list(addresses))
    return [account_from(row) for row in rows]


async def is_recognised(db: Database, portal: PortalName, name: SubmittedName) -> bool:
    query = EXISTS_BY_EMAIL if name.kind == "email" else EXISTS_BY_CODE
    return bool(await db.fetchval(query, portal, name.sought))


async def find_open(db: Database, portal: PortalName, name: SubmittedName) -> AccountId | None:
    """The first that has this name and is not closed."""
    query = FIND_OPEN_BY_EMAIL if name.kind == "email" else FIND_OPEN_BY_CODE
    account_id: AccountId | None = await db.fetchval(query, portal, name.sought)
    return account_id


async def insert_account(tx: Transaction, account: Account) -> bool:
    """Whether its identifier was free."""
    return await tx.fetchval(INSERT, *account_row(account)) is not None


async def save_account(tx: Transaction, account: Account) -> None:
    await tx.execute(SAVE, account.id, *_what_changes(account), account.closed_at, account.reopened_at)


async def list_accounts(
    db: Database | Transaction, portals: Collection[PortalName], q: str, *, after: AccountId | None, limit: int
) -> Found:
    """All of the portals where `q` is empty."""
    page = (list(portals), after or FIRST, limit + 1)
    if q:
        words = "".join(character if character.isalnum() else " " for character in q).split()
        beginnings = " & ".join(f"{word}:*" for word in words)
        rows = await db.fetch(SEARCH, *page, q, folded(q), beginnings)
    else:
        rows = await db.fetch(LIST, *page)
    accounts = [account_from(row) for row in rows[:limit]]
    return Found(accounts, accounts[-1].id if len(rows) > limit else None)


def account_from(row: asyncpg.Record) -> Account:
    details = Details(
        title=row["title"],
        name=row["name"],
        email=row["email"],
        language=Language(row["language"]),
        contact_person=row["contact_person"],
        services=tuple(row["services"]),
    )
    return Account(
        id=AccountId(row["id"]),
        portal=PortalName(row["portal"]),
        identifier=row["identifier"],
        details=details,
        contact_version=row["contact_version"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        reopened_at=row["reopened_at"],
        mailbox_shared=row["mailbox_shared"],
    )


def account_row(account: Account) -> tuple[object, ...]:
    """The values of INSERT."""
    return account.id, account.portal, account.identifier, *_what_changes(account), account.opened_at


def _what_changes(account: Account) -> tuple[object, ...]:
    """The values INSERT and SAVE have in common."""
    details = account.details
    return (
        details.title,
        details.name,
        details.email,
        account.address,
        details.language,
        details.contact_person,
        list(details.services),
        account.mailbox_shared,
        account.contact_version,
    )
