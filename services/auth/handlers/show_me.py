"""Someone who is signed in asks who they are here."""

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.errors import NotSignedIn
from services.auth.sql import accounts
from shared.ids import AccountId
from shared.portals import Portal


async def show_me(deps: Deps, portal: Portal, account_id: AccountId) -> Account:
    """Raises NotSignedIn where the account was closed since."""
    account = await accounts.find_account(deps.db, portal.name, account_id)
    if account is None or account.closed_at is not None:
        raise NotSignedIn
    return account
