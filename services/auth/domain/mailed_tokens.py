"""Tokens that a mail brings, to be followed or pasted: each works once, and not for long."""

import hashlib
import secrets
import string
from datetime import datetime, timedelta

from pydantic import SecretStr

from services.auth.domain.errors import TokenExpired, TokenUsed

REGISTRATION_LASTS = timedelta(hours=24)
ADDRESS_CHANGE_LASTS = timedelta(hours=24)
RESET_LASTS = timedelta(minutes=30)

# RFC 4648's base 32 in small letters: what ends in no sign that a mail program would take for the end of a sentence,
# and what is not another token when somebody types it in capitals.
ALPHABET = string.ascii_lowercase + "234567"
LENGTH = 26


def new_mailed_token() -> SecretStr:
    """130 random bits."""
    return SecretStr("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def mailed_token_hash(token: SecretStr) -> bytes:
    """How it is stored: so many random bits need no slow hash, and no salt. Blanks copied with it are forgiven."""
    pasted = "".join(token.get_secret_value().split()).lower()
    return hashlib.sha256(pasted.encode("utf-8", "replace")).digest()


def require_open(*, ended_at: datetime | None, expires_at: datetime, now: datetime) -> None:
    """Raises TokenUsed, TokenExpired."""
    if ended_at is not None:
        raise TokenUsed
    if now >= expires_at:
        raise TokenExpired
