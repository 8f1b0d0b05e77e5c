"""A machine asks for an access token: OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

import hashlib
import hmac
from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.clients import granted
from services.auth.domain.errors import ClientNotRecognised
from services.auth.domain.names import forgiven
from services.auth.domain.sessions import ACCESS_LIFETIME
from services.auth.sql import clients
from shared.access_tokens import DESK, Caller, issue_token


@dataclass(frozen=True, slots=True)
class IssueClientToken:
    client_id: str
    secret: SecretStr
    scopes: frozenset[str]  # empty: all the client has


@dataclass(frozen=True, slots=True)
class ClientToken:
    value: SecretStr
    expires_in: int  # seconds
    scopes: frozenset[str]


async def issue_client_token(deps: Deps, command: IssueClientToken) -> ClientToken:
    """Raises ClientNotRecognised, ScopeNotGranted."""
    found = await clients.find_client(deps.db, forgiven(command.client_id))
    offered = hashlib.sha256(command.secret.get_secret_value().encode("utf-8", "replace")).digest()
    if found is None or not hmac.compare_digest(found.secret_hash, offered):
        raise ClientNotRecognised
    client = found.client
    scopes = granted(client, command.scopes)
    caller = Caller(kind="client", id=client.id, portals=client.portals, scopes=scopes, issued_at=found.at)
    value = issue_token(deps.token_keys, caller, audience=DESK, lifetime=ACCESS_LIFETIME)
    return ClientToken(value, int(ACCESS_LIFETIME.total_seconds()), scopes)
