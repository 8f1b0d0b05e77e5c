"""Who is signed in, and what they carry: a session of 128 random bits, and short access tokens beside it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from shared.ids import AccountId, Language, PortalName

ACCESS_LIFETIME = timedelta(minutes=10)

# What a customer's token is good for: everything that is theirs, or, after a temporary password, choosing another.
FULL = frozenset({"account"})
ONLY_PASSWORD = frozenset({"password"})


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in, as far as a page needs to know them."""

    account_id: AccountId
    portal: PortalName
    identifier: str
    title: str
    name: str
    email: str
    language: Language
    services: tuple[str, ...]
    must_change_password: bool
    active_contract: str | None  # what the contract they look at is called; None: none


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: SecretStr
    expires_in: int  # seconds


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser is given: `session` and `browser` are cookie values, the latter outlives the former."""

    account_id: AccountId
    session: SecretStr
    browser: SecretStr
    access: AccessToken
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class RenewedSession:
    """A session that goes on under a token of its own."""

    session: SecretStr
    access: AccessToken


def new_token() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(16))


def token_hash(token: SecretStr) -> bytes:
    """How a session or browser is stored: 128 random bits need no slow hash, and no salt."""
    return hashlib.sha256(token.get_secret_value().encode("utf-8", "replace")).digest()
