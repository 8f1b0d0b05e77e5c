"""Somebody calls with an access token."""

from uuid import UUID

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.sql import clients, sessions
from shared.access_tokens import Caller, TokenNotAccepted, verify_token
from shared.ids import AccountId


async def verify_access(deps: Deps, token: SecretStr, *, audience: str) -> Caller:
    """`audience` is the portal's name, or DESK. Raises TokenNotAccepted, for ended sessions and revoked clients too."""
    caller = verify_token(deps.token_keys, token.get_secret_value(), audience=audience)
    if caller.kind == "customer":
        ended = await sessions.were_tokens_ended(deps.db, AccountId(UUID(caller.id)), caller.issued_at)
    else:
        ended = not await clients.is_client_in_force(deps.db, caller.id)
    if ended:
        raise TokenNotAccepted
    return caller
