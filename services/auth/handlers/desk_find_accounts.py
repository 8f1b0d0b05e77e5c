"""The desk looks for people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.errors import AccountNotFound
from services.auth.domain.names import forgiven
from services.auth.sql import accounts
from services.auth.sql.accounts import Found
from services.auth.sql.standing import list_never_activated
from shared import audit
from shared.access_tokens import DESK
from shared.db import Database, Transaction
from shared.ids import AccountId, PortalName
from shared.portals import Portal

MOST = 100


@dataclass(frozen=True, slots=True)
class FoundPeople:
    accounts: Sequence[Account]
    never_activated: Collection[AccountId]
    after: AccountId | None  # where the next page begins; None at the end


async def find_accounts(
    deps: Deps, portal: Portal, actor: audit.Actor, q: str, *, after: AccountId | None = None, limit: int = 50
) -> Found:
    """By an exact e-mail address or identifier, or by beginnings of words of the name; all where `q` is empty.

    The audit keeps how many were shown, not what was asked: that is a name.
    """
    return await _find(deps.db, [portal.name], actor, q, after, limit)


async def find_people(
    deps: Deps,
    portals: Sequence[Portal],
    actor: audit.Actor,
    q: str,
    *,
    after: AccountId | None = None,
    limit: int = 50,
) -> FoundPeople:
    """The same, on several portals at once, and who of them has never come in."""
    async with deps.db.transaction() as tx:
        found = await _find(tx, [portal.name for portal in portals], actor, q, after, limit)
        never = await list_never_activated(tx, [account.id for account in found.accounts])
    return FoundPeople(found.accounts, never, found.after)


async def _find(
    db: Database | Transaction,
    portals: Sequence[PortalName],
    actor: audit.Actor,
    q: str,
    after: AccountId | None,
    limit: int,
) -> Found:
    found = await accounts.list_accounts(db, portals, forgiven(q), after=after, limit=max(1, min(limit, MOST)))
    where = portals[0] if len(portals) == 1 else PortalName(DESK)
    await audit.insert_entry(db, actor, "accounts_searched", where, details={"shown": len(found.accounts)})
    return found


async def show_account(deps: Deps, portal: Portal, actor: audit.Actor, account_id: AccountId) -> Account:
    """Raises AccountNotFound."""
    account = await accounts.find_account(deps.db, portal.name, account_id=account_id)
    if account is None:
        raise AccountNotFound
    await audit.insert_entry(deps.db, actor, "account_shown", portal.name, account_id=account_id)
    return account
