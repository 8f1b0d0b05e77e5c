"""Sessions, and the browsers that had one."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.auth.domain.names import folded
from services.auth.domain.sessions import Session
from shared.db import Database, Transaction
from shared.ids import AccountId, Language, PortalName

# The browser's former session ends: a session is never carried over a sign-in (ASVS 5.0, 7.2.4).
INSERT = """
    with former as (delete from sessions where browser_hash = $3),
         remembered as (insert into known_browsers (browser_hash, account_id)
                        values ($3, $2)
                            on conflict (browser_hash, account_id) do update set seen_at = now())
    insert into sessions (token_hash, account_id, browser_hash, temporary, created_at, seen_at)
    values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())
    returning created_at
"""

FIND_BROWSER = """
    select exists (select from known_browsers where browser_hash = $1) as known,
           exists (select from known_browsers b join accounts a on a.id = b.account_id
                    where b.browser_hash = $1 and a.portal = $2
                      and (a.identifier = $3 or a.email_folded = $4)) as at_home
"""

FIND = """
    select a.id, a.portal, a.identifier, a.title, a.name, a.email, a.language, a.services, s.temporary,
           s.seen_at < now() - interval '1 minute' as stale,
           case when c.contract_id is not null then c.label end as active_contract
      from sessions s
      join accounts a on a.id = s.account_id
      left join active_contracts c on c.account_id = a.id
     where s.token_hash = $1 and a.portal = $2 and a.closed_at is null
       and s.seen_at > now() - $3::interval and s.created_at > now() - $4::interval
"""

# Waits for whoever deletes the session just now, and then does not find it: no token is issued past its end.
FIND_GROUNDS = """
    select a.id, s.temporary, now() as at
      from sessions s
      join accounts a on a.id = s.account_id
     where s.token_hash = $1 and a.portal = $2 and a.closed_at is null
       and s.seen_at > now() - $3::interval and s.created_at > now() - $4::interval
       for share of s
"""

TOUCH = "update sessions set seen_at = now() where token_hash = $1"

DELETE = "delete from sessions where token_hash = $1"

DELETE_ALL = """
    with gone as (delete from sessions where account_id = $1 returning 1) select count(*) from gone
"""

DELETE_OTHERS = "delete from sessions where account_id = $1 and token_hash <> $2"

# Its owner has shown the password anew: under another token (ASVS 5.0, 7.2.4), for as long as after a sign-in.
RENEW = """
    update sessions
       set token_hash = $2, temporary = false, created_at = clock_timestamp(), seen_at = clock_timestamp()
     where token_hash = $1
    returning created_at
"""

# The clock is read here, after the lock was got and the sessions were deleted: what was issued meanwhile is older.
# Never earlier than before, though the clock was set back: what was outdated once stays so.
END_TOKENS = """
    update accounts set sessions_ended_at = greatest(sessions_ended_at, clock_timestamp())
     where id = $1
    returning sessions_ended_at
"""

WERE_ENDED_SINCE = "select coalesce((select sessions_ended_at >= $2 from accounts where id = $1), true)"

NOBODY = AccountId(UUID(int=0))


async def insert_session(
    tx: Transaction, token_hash: bytes, account_id: AccountId, browser_hash: bytes, *, temporary: bool
) -> datetime:
    """When it began, by the database's clock: what its access token is dated with."""
    begun: datetime = await tx.fetchval(INSERT, token_hash, account_id, browser_hash, temporary)
    return begun


class Browser(NamedTuple):
    known: bool  # somebody signed in from it before: its token is one of ours
    at_home: bool  # to the account of the name that is given now


STRANGE = Browser(known=False, at_home=False)


async def find_browser(db: Database, browser_hash: bytes, portal: PortalName, login: str) -> Browser:
    row = (await db.fetch(FIND_BROWSER, browser_hash, portal, login, folded(login)))[0]
    return Browser(row["known"], row["at_home"])


async def find_session(
    db: Database, token_hash: bytes, portal: PortalName, *, idle: timedelta, absolute: timedelta
) -> Session | None:
    """The session, if it is in force; being asked for is what keeps it from being idle."""
    row = await db.fetchrow(FIND, token_hash, portal, idle, absolute)
    if row is None:
        return None
    if row["stale"]:
        await db.execute(TOUCH, token_hash)
    return Session(
        account_id=AccountId(row["id"]),
        portal=PortalName(row["portal"]),
        identifier=row["identifier"],
        title=row["title"],
        name=row["name"],
        email=row["email"],
        language=Language(row["language"]),
        services=tuple(row["services"]),
        must_change_password=row["temporary"],
        active_contract=row["active_contract"],
    )


class TokenGrounds(NamedTuple):
    """What an access token is issued on."""

    account_id: AccountId
    temporary: bool
    at: datetime


async def find_for_token(
    db: Database, token_hash: bytes, portal: PortalName, *, idle: timedelta, absolute: timedelta
) -> TokenGrounds | None:
    row = await db.fetchrow(FIND_GROUNDS, token_hash, portal, idle, absolute)
    return None if row is None else TokenGrounds(AccountId(row["id"]), row["temporary"], row["at"])


async def delete_session(tx: Transaction, token_hash: bytes) -> None:
    await tx.execute(DELETE, token_hash)


async def end_sessions(tx: Transaction, account_id: AccountId) -> datetime | None:
    """Under the account's lock: ends every session, and the tokens beside them with `end_tokens`. None: there was none.

    Always two statements, whether there was a session or an account at all.
    """
    had_some = bool(await tx.fetchval(DELETE_ALL, account_id))
    return await end_tokens(tx, account_id if had_some else NOBODY)


async def end_other_sessions(tx: Transaction, account_id: AccountId, kept: bytes) -> datetime | None:
    """Under the account's lock: ends every session but the one `kept`, and outdates every token, its own too."""
    await tx.execute(DELETE_OTHERS, account_id, kept)
    return await end_tokens(tx, account_id)


async def renew_session(tx: Transaction, former: bytes, fresh: bytes) -> datetime | None:
    """When it begins under its new token: what its access token is dated with. None: it has ended meanwhile."""
    begun: datetime | None = await tx.fetchval(RENEW, former, fresh)
    return begun


async def end_tokens(tx: Transaction, account_id: AccountId) -> datetime | None:
    """Under the account's lock: outdates every token issued before the moment returned; sessions left renew theirs."""
    ended: datetime | None = await tx.fetchval(END_TOKENS, account_id)
    return ended


async def were_tokens_ended(db: Database, account_id: AccountId, issued_at: datetime) -> bool:
    return bool(await db.fetchval(WERE_ENDED_SINCE, account_id, issued_at))
