"""Accounts as the notifier knows them. Whoever writes an account's deliveries holds its row."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.notifier.domain.accounts import Account, Contact
from services.notifier.domain.errors import AccountNotFound
from shared.db import Database, Transaction
from shared.ids import AccountId, PortalName

COLUMNS = (
    "id, portal, generation, closed, closed_as_of, erased, version, identifier, address, title, name, language, shared"
)

INSERT_MISSING = """
    insert into accounts (id, portal)
    select id, portal from unnest($1::uuid[], $2::text[]) as heard (id, portal)
     order by id
        on conflict do nothing
"""

LOCK_ALL = """
    select id, portal, generation, closed, closed_as_of, erased,
           version, identifier, address, title, name, language, shared
      from accounts
     where id = any($1::uuid[])
     order by id                -- the order everybody locks in
       for update
"""

SAVE_ALL = """
    update accounts a
       set generation = n.generation, closed = n.closed, closed_as_of = n.closed_as_of, erased = n.erased,
           version = n.version, identifier = n.identifier, address = n.address, title = n.title, name = n.name,
           language = n.language, shared = n.shared
      from unnest($1::uuid[], $2::bigint[], $3::bool[], $4::timestamptz[], $5::bool[], $6::bigint[], $7::text[],
                  $8::text[], $9::text[], $10::text[], $11::text[], $12::bool[])
        as n (id, generation, closed, closed_as_of, erased, version, identifier, address, title, name, language, shared)
     where a.id = n.id
"""

FIND = f"select {COLUMNS} from accounts where id = $1 and ($2::text[] is null or portal = any($2))"  # noqa: S608

FIND_BY_IDENTIFIER = f"select {COLUMNS} from accounts where portal = $1 and identifier = $2"  # noqa: S608 -- a constant


async def insert_missing(tx: Transaction, heard: Mapping[AccountId, PortalName]) -> None:
    """Rows for those never heard of. Comes before any lock, so that nobody waits for a row while holding one."""
    await tx.execute(INSERT_MISSING, list(heard), list(heard.values()))


async def lock_all(tx: Transaction, ids: Collection[AccountId]) -> dict[AccountId, Account]:
    return {row["id"]: account_from(row) for row in await tx.fetch(LOCK_ALL, list(ids))}


async def get_account(db: Database, account_id: AccountId, portals: Sequence[str] | None) -> Account:
    """Of one of these portals, where any are named. Raises AccountNotFound."""
    row = await db.fetchrow(FIND, account_id, portals)
    if row is None:
        raise AccountNotFound
    return account_from(row)


async def get_by_identifier(db: Database, portal: PortalName, identifier: str) -> Account:
    """Reads them all: for a command. Raises AccountNotFound."""
    row = await db.fetchrow(FIND_BY_IDENTIFIER, portal, identifier)
    if row is None:
        raise AccountNotFound(f"{portal} has no account {identifier}")
    return account_from(row)


async def save_all(tx: Transaction, accounts: Sequence[Account]) -> None:
    if accounts:
        await tx.execute(SAVE_ALL, *(list(column) for column in zip(*map(_row, accounts), strict=True)))


def account_from(row: Any) -> Account:
    """From a row that has the columns of the table."""
    contact = None
    if row["version"] is not None:
        contact = Contact(
            row["version"],
            row["identifier"],
            row["address"],
            row["title"],
            row["name"],
            row["language"],
            row["shared"],
        )
    return Account(
        row["id"],
        row["portal"],
        row["generation"],
        contact,
        row["erased"],
        row["closed"],
        row["closed_as_of"],
    )


def _row(account: Account) -> tuple[object, ...]:
    contact = account.contact
    return (
        account.id,
        account.generation,
        account.closed,
        account.closed_as_of,
        account.erased,
        *((None,) * 7 if contact is None else _contact_row(contact)),
    )


def _contact_row(contact: Contact) -> tuple[object, ...]:
    return (
        contact.version,
        contact.identifier,
        contact.address,
        contact.title,
        contact.name,
        contact.language,
        contact.shared,
    )
