"""Customer files, a thousand rows a transaction, with statements for sets."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.auth.domain.accounts import Account
from services.auth.domain.names import folded
from services.auth.sql.accounts import account_from, account_row
from shared.db import Transaction
from shared.ids import PortalName

# Another file begins at its first row and ends the progress of the one before.
BEGIN = """
    insert into imports as held (portal, fingerprint)
    values ($1, $2)
        on conflict (portal) do update
       set fingerprint = excluded.fingerprint,
           rows_done = case when held.fingerprint = excluded.fingerprint then held.rows_done else 0 end,
           created = case when held.fingerprint = excluded.fingerprint then held.created else 0 end,
           changed = case when held.fingerprint = excluded.fingerprint then held.changed else 0 end,
           unchanged = case when held.fingerprint = excluded.fingerprint then held.unchanged else 0 end,
           begun_at = now()
    returning rows_done, created, changed, unchanged
"""

LOCK_PROGRESS = """
    select rows_done, created, changed, unchanged from imports where portal = $1 and fingerprint = $2 for update
"""

SAVE_PROGRESS = """
    update imports set rows_done = $3, created = $4, changed = $5, unchanged = $6 where portal = $1 and fingerprint = $2
"""

FINISH = "delete from imports where portal = $1 and fingerprint = $2"

# All that are meant, by identifier or as a person, locked in the order of their ids before anything is written.
LOCK_MEANT = """
    select id, portal, identifier, title, name, email, language, contact_person, services, mailbox_shared,
           contact_version, opened_at, closed_at
      from accounts
     where id in (select id from accounts where portal = $1 and identifier = any($2::text[])
                  union all
                  select a.id
                    from unnest($3::text[], $4::text[]) as person (email_folded, name)
                    join accounts a on a.portal = $1 and a.email_folded = person.email_folded and a.name = person.name
                                   and a.email_folded <> '')
     order by id
       for update
"""

# Arrays of arrays must be rectangular, so services travel joined; no service's name has a bar in it.
INSERT_ALL = """
    insert into accounts (id, portal, identifier, title, name, email, email_folded, language, contact_person, services,
                          mailbox_shared, contact_version, opened_at)
    select id, portal, identifier, title, name, email, email_folded, language, contact_person,
           string_to_array(services, '|'), mailbox_shared, contact_version, opened_at
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::boolean[], $10::text[], $11::boolean[], $12::bigint[], $13::timestamptz[])
        as new (id, portal, identifier, title, name, email, email_folded, language, contact_person, services,
                mailbox_shared, contact_version, opened_at)
        on conflict (portal, identifier) do nothing
    returning id
"""

SAVE_ALL = """
    update accounts a
       set title = new.title, name = new.name, email = new.email, email_folded = new.email_folded,
           language = new.language, contact_person = new.contact_person, services = string_to_array(new.services, '|'),
           mailbox_shared = new.mailbox_shared, contact_version = new.contact_version
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[],
                  $9::boolean[], $10::bigint[])
        as new (id, title, name, email, email_folded, language, contact_person, services, mailbox_shared,
                contact_version)
     where a.id = new.id
"""


@dataclass(frozen=True, slots=True)
class Counts:
    rows_done: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0


async def begin_import(tx: Transaction, portal: PortalName, fingerprint: bytes) -> Counts:
    """How far this very file has come, if no other was begun since."""
    return Counts(**(await tx.fetch(BEGIN, portal, fingerprint))[0])


async def lock_progress(tx: Transaction, portal: PortalName, fingerprint: bytes) -> Counts | None:
    """How far this file has come: imports into one portal take turns. None: another was begun, or this one is over."""
    row = await tx.fetchrow(LOCK_PROGRESS, portal, fingerprint)
    return row and Counts(**row)


async def save_progress(tx: Transaction, portal: PortalName, fingerprint: bytes, counts: Counts) -> None:
    await tx.execute(
        SAVE_PROGRESS, portal, fingerprint, counts.rows_done, counts.created, counts.changed, counts.unchanged
    )


async def finish_import(tx: Transaction, portal: PortalName, fingerprint: bytes) -> None:
    await tx.execute(FINISH, portal, fingerprint)


async def lock_meant(
    tx: Transaction, portal: PortalName, identifiers: Sequence[str], people: Sequence[tuple[str, str]]
) -> Sequence[Account]:
    """`people`: folded address and name."""
    addresses, names = [address for address, _ in people], [name for _, name in people]
    return [account_from(row) for row in await tx.fetch(LOCK_MEANT, portal, list(identifiers), addresses, names)]


async def insert_accounts(tx: Transaction, accounts: Sequence[Account]) -> int:
    """How many had a free identifier."""
    rows = []
    for account in accounts:
        row = account_row(account)
        rows.append((*row[:9], "|".join(account.details.services), *row[10:]))
    return len(await tx.fetch(INSERT_ALL, *_columns(rows, 13)))


async def save_accounts(tx: Transaction, accounts: Sequence[Account]) -> None:
    rows = [
        (
            account.id,
            account.details.title,
            account.details.name,
            account.details.email,
            folded(account.details.email),
            account.details.language,
            account.details.contact_person,
            "|".join(account.details.services),
            account.mailbox_shared,
            account.contact_version,
        )
        for account in accounts
    ]
    await tx.execute(SAVE_ALL, *_columns(rows, 10))


def _columns(rows: Sequence[Sequence[object]], count: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(count)]
