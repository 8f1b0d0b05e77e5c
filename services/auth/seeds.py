"""The seeds of second factors, as they lie in the database: sealed, so that a copy of it is no second factor.

Unlike a password a seed has to be read again, so it cannot be hashed. What seals it is derived from the key that signs
access tokens: whoever has that can let themselves in anyway, and nobody has one more key to keep.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OctKey, OKPKey
from pydantic import SecretStr

from shared.keys import KeyFile, KeyUnknown

ALGORITHMS = ["dir", "A256GCM"]
PURPOSE = b"guichet: seeds of second factors"


class SeedUnreadable(Exception):
    """The seed was sealed by a key that is gone: its owner needs a new second factor."""


class Seeds:
    """Compact JWE (RFC 7516), bound to its owner."""

    def __init__(self, keys: KeyFile) -> None:
        self._keys = keys

    def seal(self, seed: SecretStr, owner: str) -> str:
        """Raises KeysUnusable."""
        key = self._keys.newest()
        header = {"alg": "dir", "enc": "A256GCM", "kid": key.kid}
        return jwe.encrypt_compact(header, seed.get_secret_value(), _derived(key, owner), algorithms=ALGORITHMS)

    def open(self, sealed: str, owner: str) -> SecretStr:
        """Raises SeedUnreadable."""
        try:
            opened = jwe.decrypt_compact(sealed, lambda found: self._key(found, owner), algorithms=ALGORITHMS)
        except (JoseError, KeyUnknown, ValueError):
            raise SeedUnreadable from None
        return SecretStr((opened.plaintext or b"").decode())

    def _key(self, sealed: GuestProtocol, owner: str) -> OctKey:
        return _derived(self._keys.by_id(str(sealed.headers().get("kid"))), owner)


def _derived(key: OKPKey, owner: str) -> OctKey:
    secret = key.private_key.private_bytes_raw()  # type: ignore[union-attr]  # auth's file holds private keys
    return OctKey.import_key(HKDF(SHA256(), 32, salt=None, info=PURPOSE + owner.encode()).derive(secret))
