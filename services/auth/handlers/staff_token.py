"""The access token somebody at the desk carries beside the session."""

from datetime import datetime

from services.auth.deps import Deps
from services.auth.domain.sessions import ACCESS_LIFETIME, AccessToken
from services.auth.domain.staff import MAY, Staff
from shared.access_tokens import DESK, Caller, issue_token


def staff_token(deps: Deps, staff: Staff, issued_at: datetime) -> AccessToken:
    """`issued_at` is the database's: what ends sessions compares with it. Raises KeysUnusable."""
    caller = Caller(
        kind="staff",
        id=str(staff.id),
        portals=staff.portals,
        scopes=MAY[staff.role],
        issued_at=issued_at,
        name=staff.name,
        role=staff.role,
    )
    value = issue_token(deps.token_keys, caller, audience=DESK, lifetime=ACCESS_LIFETIME)
    return AccessToken(value, expires_in=int(ACCESS_LIFETIME.total_seconds()))
