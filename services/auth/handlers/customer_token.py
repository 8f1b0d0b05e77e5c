"""The access token a customer carries beside the session."""

from datetime import datetime

from services.auth.deps import Deps
from services.auth.domain.sessions import ACCESS_LIFETIME, FULL, ONLY_PASSWORD, AccessToken
from shared.access_tokens import Caller, issue_token
from shared.ids import AccountId
from shared.portals import Portal


def customer_token(
    deps: Deps, portal: Portal, account_id: AccountId, issued_at: datetime, *, temporary: bool
) -> AccessToken:
    """`issued_at` is the database's: what ends sessions compares with it. Raises KeysUnusable."""
    caller = Caller(
        kind="customer",
        id=str(account_id),
        portals=frozenset({portal.name}),
        scopes=ONLY_PASSWORD if temporary else FULL,
        issued_at=issued_at,
    )
    value = issue_token(deps.token_keys, caller, audience=portal.name, lifetime=ACCESS_LIFETIME)
    return AccessToken(value, expires_in=int(ACCESS_LIFETIME.total_seconds()))
