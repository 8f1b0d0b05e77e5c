"""Someone signs out, here or everywhere."""

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.errors import NotSignedIn
from services.auth.domain.sessions import token_hash
from services.auth.sql import accounts, sessions
from shared import audit, outbox
from shared.clients import ClientAddress
from shared.events import SessionsEnded
from shared.ids import AccountId
from shared.portals import Portal


async def sign_out(deps: Deps, portal: Portal, session: SecretStr, client: ClientAddress) -> None:
    """Ends this session, and at once the access token beside it; the person's other devices renew theirs.

    Raises NotSignedIn where there is no such session; the cookies are to be deleted all the same.
    """
    policy, hashed = portal.policy.session, token_hash(session)
    found = await sessions.find_session(deps.db, hashed, portal.name, idle=policy.idle, absolute=policy.absolute)
    if found is None:
        raise NotSignedIn
    async with deps.db.transaction() as tx:
        account = await accounts.lock_account(tx, portal.name, found.account_id)
        await sessions.delete_session(tx, hashed)
        ended_at = await sessions.end_tokens(tx, account.id)
        await outbox.insert(tx, SessionsEnded(account_id=account.id, portal=portal.name, ended_at=ended_at))
        await audit.insert_entry(
            tx, audit.customer(account.id, client), "signed_out", portal.name, account_id=account.id
        )
    deps.doorbell.ring()


async def sign_out_everywhere(deps: Deps, portal: Portal, account_id: AccountId, client: ClientAddress) -> None:
    """Ends every session of the account and outdates every token. Raises AccountNotFound."""
    async with deps.db.transaction() as tx:
        account = await accounts.lock_account(tx, portal.name, account_id)
        ended_at = await sessions.end_sessions(tx, account.id)
        if ended_at is not None:
            await outbox.insert(tx, SessionsEnded(account_id=account.id, portal=portal.name, ended_at=ended_at))
        who = audit.customer(account.id, client)
        await audit.insert_entry(tx, who, "signed_out_everywhere", portal.name, account_id=account.id)
    deps.doorbell.ring()
