"""Somebody calls with an access token."""

from uuid import UUID

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.staff import StaffId
from services.auth.sql import clients, sessions, staff
from shared.access_tokens import Caller, TokenNotAccepted, verify_token
from shared.ids import AccountId


async def verify_access(deps: Deps, token: SecretStr, *, audience: str) -> Caller:
    """`audience` is the portal's name, or DESK. Raises TokenNotAccepted, for ended sessions and revoked clients too."""
    caller = verify_token(deps.token_keys, token.get_secret_value(), audience=audience)
    if not await _is_in_force(deps, caller):
        raise TokenNotAccepted
    return caller


async def _is_in_force(deps: Deps, caller: Caller) -> bool:
    match caller.kind:
        case "customer":
            return not await sessions.were_tokens_ended(deps.db, AccountId(UUID(caller.id)), caller.issued_at)
        case "staff":
            return await staff.is_staff_in_force(deps.db, StaffId(UUID(caller.id)), caller.issued_at)
        case "client":
            return await clients.is_client_in_force(deps.db, caller.id)
