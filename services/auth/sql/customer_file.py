"""Customer files, a thousand rows a transaction, with statements for sets."""

from collections.abc import Collection, Sequence

from services.auth.domain.accounts import Account
from services.auth.sql.accounts import account_from, account_row
from shared.db import Transaction
from shared.ids import PortalName

# All that are meant, by identifier or as a person, and all that have an address of which something else is said than
# before: locked in the order of their ids before anything is written.
LOCK_MEANT = """
    select id, portal, identifier, title, name, email, language, contact_person, services, mailbox_shared,
           contact_version, opened_at, closed_at, reopened_at
      from accounts
     where id in (select id from accounts where portal = $1 and identifier = any($2::text[])
                  union all
                  select a.id
                    from unnest($3::text[], $4::text[]) as person (email_folded, name)
                    join accounts a on a.portal = $1 and a.email_folded = person.email_folded and a.name = person.name
                                   and a.email_folded <> ''
                  union all
                  select id from accounts where portal = $1 and email_folded = any($5::text[]))
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


async def lock_meant(
    tx: Transaction,
    portal: PortalName,
    identifiers: Sequence[str],
    people: Sequence[tuple[str, str]],
    flagged: Collection[str],
) -> Sequence[Account]:
    """`people`: folded address and name; `flagged`: folded addresses."""
    addresses, names = [address for address, _ in people], [name for _, name in people]
    rows = await tx.fetch(LOCK_MEANT, portal, list(identifiers), addresses, names, list(flagged))
    return [account_from(row) for row in rows]


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
            account.address,
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
