"""OAuth clients: machines that act for the operator, each with what it may do and where (RFC 6749, section 2)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from services.auth.domain.errors import ScopeNotGranted

SCOPES = (
    "accounts:read",
    "accounts:write",
    "contracts:read",
    "contracts:write",
    "deliveries:read",
    "deliveries:write",
    "dead-letters",
    "audit:read",
)


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    name: str
    scopes: frozenset[str]
    portals: frozenset[str]  # names, or "*"
    created_at: datetime
    revoked_at: datetime | None = None


def new_client_id() -> str:
    return secrets.token_hex(8)


def new_client_secret() -> str:
    """256 random bits: a fast hash suffices to store it."""
    return secrets.token_urlsafe(32)


def granted(client: Client, asked: frozenset[str]) -> frozenset[str]:
    """The scopes of a token; all the client has where none is asked for (RFC 6749, 3.3). Raises ScopeNotGranted."""
    if not asked:
        return client.scopes
    if not asked <= client.scopes:
        raise ScopeNotGranted(f"not granted: {' '.join(sorted(asked - client.scopes))}")
    return asked
