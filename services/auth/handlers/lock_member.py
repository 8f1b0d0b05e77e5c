"""The account of somebody who is signed in, locked: it may have been closed since they were let in."""

from services.auth.domain.accounts import Account
from services.auth.domain.errors import AccountNotFound, NotSignedIn
from services.auth.sql import accounts
from shared.db import Transaction
from shared.ids import AccountId
from shared.portals import Portal


async def lock_member(tx: Transaction, portal: Portal, account_id: AccountId) -> Account:
    """Raises NotSignedIn."""
    try:
        account = await accounts.lock_account(tx, portal.name, account_id)
    except AccountNotFound:
        raise NotSignedIn from None
    if account.closed_at is not None:
        raise NotSignedIn
    return account
