"""The desk looks for people."""

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.errors import AccountNotFound
from services.auth.domain.names import forgiven
from services.auth.sql import accounts
from services.auth.sql.accounts import Found
from shared import audit
from shared.ids import AccountId
from shared.portals import Portal

MOST = 100


async def find_accounts(
    deps: Deps, portal: Portal, actor: audit.Actor, q: str, *, after: AccountId | None = None, limit: int = 50
) -> Found:
    """By an exact e-mail address or identifier, or by beginnings of words of the name; all where `q` is empty.

    The audit keeps how many were shown, not what was asked: that is a name.
    """
    found = await accounts.list_accounts(deps.db, portal.name, forgiven(q), after=after, limit=max(1, min(limit, MOST)))
    shown = {"shown": len(found.accounts)}
    await audit.insert_entry(deps.db, actor, "accounts_searched", portal.name, details=shown)
    return found


async def show_account(deps: Deps, portal: Portal, actor: audit.Actor, account_id: AccountId) -> Account:
    """Raises AccountNotFound."""
    account = await accounts.find_account(deps.db, portal.name, account_id=account_id)
    if account is None:
        raise AccountNotFound
    await audit.insert_entry(deps.db, actor, "account_shown", portal.name, account_id=account_id)
    return account
