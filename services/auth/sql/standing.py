"""What the desk is shown beside an account: what opens it, what was asked for it, what still waits to be told."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.auth.domain.accounts import Account
from services.auth.domain.standing import REQUESTS, SEVERAL, Asked
from services.auth.sql.accounts import account_from
from shared.db import Database, Transaction
from shared.ids import AccountId, PortalName

FIND_ACCOUNT = "select accounts.* from accounts where id = $1 and portal = any($2::text[])"

LIST_NEIGHBOURS = """
    select n.id
      from accounts a
      join accounts n on n.portal = a.portal and n.email_folded = a.email_folded and n.email_folded <> ''
     where a.id = $1 and n.id <> a.id
     order by n.id
     limit 100
"""

# Nobody has signed in, and nobody has chosen a password. The audit is never swept.
LIST_NEVER_ACTIVATED = """
    select id
      from unnest($1::uuid[]) id
     where not exists (select from audit where account_id = id and action = 'signed_in')
       and not exists (select from credentials where account_id = id and password_hash is not null and not generated)
"""

LAST_SIGN_IN = "select at from audit where account_id = $1 and action = 'signed_in' order by seq desc limit 1"

# A request by an address that several accounts have is kept with the first of them.
LIST_ASKED = """
    select at, action, coalesce(details ->> 'outcome', details ->> 'code') as outcome, actor_kind,
           coalesce(s.name, c.name) as name, origin
      from audit
      left join staff s on actor_kind = 'staff' and s.id::text = actor_id
      left join oauth_clients c on actor_kind = 'client' and c.id = actor_id
     where (account_id = $1 and action = any($3::text[])
            or account_id = any($2::uuid[]) and action = 'activation_asked' and details ->> 'outcome' = $4)
     order by seq desc
     limit $5
"""

FIND_WAITING_SINCE = "select min(occurred_at) from outbox where aggregateid = $1"

# Oldest first; an import's rows wait by design, and behind them the live ones are looked at first.
LIST_WAITING = """
    select waiting.since, accounts.*
      from (select aggregateid, min(occurred_at) as since
              from (select aggregateid, occurred_at
                      from outbox
                     where portal = any($1::text[]) and occurred_at < now() - $2::interval
                     order by lane, seq
                     limit 1000) oldest
             group by aggregateid) waiting
      join accounts on id = waiting.aggregateid
     order by waiting.since
     limit $3
"""


class Waiting(NamedTuple):
    """An account of which the others have not heard the newest."""

    since: datetime
    account: Account


async def find_account_among(db: Database, portals: Collection[PortalName], account_id: AccountId) -> Account | None:
    row = await db.fetchrow(FIND_ACCOUNT, account_id, list(portals))
    return row and account_from(row)


async def list_neighbours(tx: Transaction, account_id: AccountId) -> Sequence[AccountId]:
    """The other accounts at the same address, open or not."""
    return [AccountId(row["id"]) for row in await tx.fetch(LIST_NEIGHBOURS, account_id)]


async def list_never_activated(tx: Transaction, account_ids: Collection[AccountId]) -> frozenset[AccountId]:
    return frozenset(AccountId(row["id"]) for row in await tx.fetch(LIST_NEVER_ACTIVATED, list(account_ids)))


async def find_last_sign_in(tx: Transaction, account_id: AccountId) -> datetime | None:
    at: datetime | None = await tx.fetchval(LAST_SIGN_IN, account_id)
    return at


async def list_asked(
    tx: Transaction, account_id: AccountId, neighbours: Collection[AccountId], limit: int
) -> Sequence[Asked]:
    """Newest first."""
    rows = await tx.fetch(LIST_ASKED, account_id, list(neighbours), list(REQUESTS), SEVERAL, limit)
    return [Asked(*row) for row in rows]


async def find_waiting_since(tx: Transaction, account_id: AccountId) -> datetime | None:
    """Since when something of the account waits to be published."""
    since: datetime | None = await tx.fetchval(FIND_WAITING_SINCE, account_id)
    return since


async def list_waiting(
    db: Database, portals: Collection[PortalName], longer_than: timedelta, limit: int
) -> Sequence[Waiting]:
    rows = await db.fetch(LIST_WAITING, list(portals), longer_than, limit)
    return [Waiting(row["since"], account_from(row)) for row in rows]
