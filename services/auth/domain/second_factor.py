"""The second factor of whoever works at the desk: time-based codes (RFC 6238), and codes for a lost telephone."""

import hashlib
import hmac
import secrets
import string
from datetime import datetime, timedelta

import pyotp
from pydantic import SecretStr

STEP = 30  # seconds
DRIFT = 1  # steps a telephone's clock may be off, to both sides (RFC 6238, section 5.2)

RECOVERY_CODES = 10
ENROLMENT_LASTS = timedelta(hours=24)
ALPHABET = string.ascii_lowercase + "234567"  # RFC 4648's base 32 in small letters
GROUPS, GROUP = 4, 4


def new_seed() -> SecretStr:
    """160 random bits, in base 32 as authenticators take them."""
    return SecretStr(pyotp.random_base32(32))


def enrolment_uri(seed: SecretStr, login: str, installation: str) -> str:
    """What a telephone's camera reads: the key URI that authenticators agree on. It holds the seed."""
    return pyotp.TOTP(seed.get_secret_value(), interval=STEP).provisioning_uri(name=login, issuer_name=installation)


def matching_step(seed: SecretStr, code: str, now: datetime) -> int | None:
    """The time step whose code this is. A step that was used once opens nothing again: its number is to be kept."""
    totp = pyotp.TOTP(seed.get_secret_value(), interval=STEP)
    current = int(now.timestamp()) // STEP
    given = "".join(code.split()).encode()
    matching = [
        step
        for step in range(current - DRIFT, current + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), given)
    ]
    return matching[-1] if matching else None


def new_code() -> SecretStr:
    """80 random bits, in groups that can be read out: for a telephone that is lost, or a colleague who has none yet."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return SecretStr("-".join(groups))


def code_hash(code: str) -> bytes:
    """How it is stored: so many random bits need no slow hash. Capitals, blanks and hyphens do not matter."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()
