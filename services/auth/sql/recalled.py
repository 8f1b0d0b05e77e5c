"""After a restore: what is made good by what auth told others since. Nobody else is at work."""

from collections.abc import Collection, Mapping
from datetime import datetime

from services.auth.domain.accounts import Account
from services.auth.sql.accounts import account_from
from shared.db import Transaction
from shared.ids import AccountId

LOCK_ALL = """
    select id, portal, identifier, title, name, email, language, contact_person, services, mailbox_shared,
           contact_version, opened_at, closed_at, reopened_at
      from accounts
     where id = any($1::uuid[])
     order by id
       for update
"""

END_SESSIONS = """
    with told as (select a.id, t.ended_at
                    from unnest($1::uuid[], $2::timestamptz[]) as t (id, ended_at)
                    join accounts a on a.id = t.id and a.sessions_ended_at < t.ended_at),
         gone as (delete from sessions s using told where s.account_id = told.id and s.created_at <= told.ended_at)
    update accounts a set sessions_ended_at = told.ended_at from told where a.id = told.id
"""

# Accounts have copies of what is said of their addresses, and told them: where the two differ, they know better.
FLAG_AS_TOLD = """
    insert into shared_mailboxes (portal, email_folded, by_desk, by_file)
    select distinct portal, email_folded, true, false from accounts where mailbox_shared and email_folded <> ''
        on conflict do nothing
"""
UNFLAG_AS_TOLD = """
    delete from shared_mailboxes s
     using accounts a
     where a.portal = s.portal and a.email_folded = s.email_folded and not a.mailbox_shared
       and not exists (select from accounts o
                        where o.portal = s.portal and o.email_folded = s.email_folded and o.mailbox_shared)
"""

END_CONFIRMED = """
    update registrations r set ended_at = now()
      from accounts a
     where a.id = r.account_id and r.ended_at is null
"""

END_STAFF_SESSIONS = "delete from staff_sessions"


async def lock_all(tx: Transaction, ids: Collection[AccountId]) -> dict[AccountId, Account]:
    """On whatever portal."""
    return {row["id"]: account_from(row) for row in await tx.fetch(LOCK_ALL, list(ids))}


async def end_sessions_told(tx: Transaction, ended: Mapping[AccountId, datetime]) -> None:
    """Those that are older than their end, where that is news."""
    await tx.execute(END_SESSIONS, list(ended), list(ended.values()))


async def make_consistent(tx: Transaction) -> None:
    """Addresses are flagged as their accounts say; what was confirmed cannot be confirmed again; the desk signs in
    anew, for who was sent away from it told nobody."""
    for statement in (FLAG_AS_TOLD, UNFLAG_AS_TOLD, END_CONFIRMED, END_STAFF_SESSIONS):
        await tx.execute(statement)
