"""A page is asked for: whose session is this?"""

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.errors import NotSignedIn
from services.auth.domain.sessions import Session, token_hash
from services.auth.sql import sessions
from shared.portals import Portal


async def resume_session(deps: Deps, portal: Portal, session: SecretStr) -> Session:
    """Raises NotSignedIn."""
    policy = portal.policy.session
    found = await sessions.find_session(
        deps.db, token_hash(session), portal.name, idle=policy.idle, absolute=policy.absolute
    )
    if found is None:
        raise NotSignedIn
    return found
