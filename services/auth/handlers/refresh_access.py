"""The access token ran out; the session did not."""

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.errors import NotSignedIn
from services.auth.domain.sessions import AccessToken, token_hash
from services.auth.handlers.customer_token import customer_token
from services.auth.sql import sessions
from shared.portals import Portal


async def refresh_access(deps: Deps, portal: Portal, session: SecretStr) -> AccessToken:
    """Raises NotSignedIn."""
    policy = portal.policy.session
    grounds = await sessions.find_for_token(
        deps.db, token_hash(session), portal.name, idle=policy.idle, absolute=policy.absolute
    )
    if grounds is None:
        raise NotSignedIn
    return customer_token(deps, portal, grounds.account_id, grounds.at, temporary=grounds.temporary)
