"""Staying in at the desk, and leaving it."""

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.errors import NotSignedIn, SecondFactorMissing
from services.auth.domain.sessions import AccessToken, token_hash
from services.auth.handlers.staff_token import staff_token
from services.auth.sql import staff, staff_sessions
from services.auth.sql.staff_sessions import StaffSession
from shared import audit
from shared.access_tokens import DESK
from shared.clients import ClientAddress
from shared.ids import PortalName


async def resume_staff_session(deps: Deps, session: SecretStr) -> StaffSession:
    """Raises NotSignedIn."""
    found = await staff_sessions.find_staff_session(deps.db, token_hash(session))
    if found is None:
        raise NotSignedIn
    return found


async def refresh_staff_access(deps: Deps, session: SecretStr) -> AccessToken:
    """Raises NotSignedIn, SecondFactorMissing."""
    found = await resume_staff_session(deps, session)
    if found.enrolling:
        raise SecondFactorMissing
    return staff_token(deps, found.staff, found.at)


async def staff_sign_out(deps: Deps, session: SecretStr, client: ClientAddress) -> None:
    """Ends this session, and at once the access tokens that auth is shown; other devices renew theirs.

    Raises NotSignedIn where there is no such session.
    """
    found = await resume_staff_session(deps, session)
    async with deps.db.transaction() as tx:
        person = await staff.lock_staff(tx, found.staff.id)
        await staff_sessions.delete_staff_session(tx, token_hash(session))
        await staff.end_staff_tokens(tx, person.id)
        await audit.insert_entry(tx, audit.staff(str(person.id), client), "staff_signed_out", PortalName(DESK))
