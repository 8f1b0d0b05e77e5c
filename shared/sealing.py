"""Sealing: a secret travels as a JWE that only the notifier can open, bound to the fact that carries it.

Compact JWE (RFC 7516), ECDH-ES on X25519 with A256GCM (RFC 7518, RFC 8037). The claims inside repeat what stands
outside, so a ciphertext moved to another event, account, generation or deadline does not open there.
"""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from pydantic import SecretStr

from shared.keys import KeyFile, KeyUnknown

ALGORITHMS = ["ECDH-ES", "A256GCM"]
# AlgorithmID, no PartyUInfo, no PartyVInfo, the key's length in bits (RFC 7518, section 4.6.2)
KDF_INFO = struct.pack(">I7sIII", 7, b"A256GCM", 0, 0, 256)
LARGEST = 16_384  # bytes of a sealed text; what we seal has a few hundred


class SealBroken(Exception):
    """The sealed text is damaged, forged, or belongs to another event, account, generation or deadline."""


class SealKeyUnknown(Exception):
    """No key we hold opens the sealed text: it was sealed to a destroyed key, or to somebody else's."""


class Sealer:
    """Seals to the newest public key in force."""

    def __init__(self, keys: KeyFile) -> None:
        self._keys = keys

    def seal(
        self,
        secrets: Mapping[str, str],
        *,
        event_id: UUID,
        account_id: UUID,
        generation: int | None,
        deliver_until: datetime,
    ) -> str:
        """`generation` None: the fact has none. Raises KeysUnusable where the file holds no key that is in force."""
        key = self._keys.newest()
        bound = _binding(event_id, account_id, generation, deliver_until)
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key.kid}
        plain = json.dumps({**bound, "secrets": dict(secrets)}).encode()
        return jwe.encrypt_compact(header, plain, key, algorithms=ALGORITHMS)


class Opener:
    """Opens what was sealed to any key of its set: old ones stay until what was sealed to them is past its deadline."""

    def __init__(self, keys: KeyFile) -> None:
        self._keys = keys

    def open(
        self, sealed: str, *, event_id: UUID, account_id: UUID, generation: int | None, deliver_until: datetime
    ) -> dict[str, SecretStr]:
        """Raises SealBroken, SealKeyUnknown. Neither says anything of what was inside."""
        if len(sealed) > LARGEST:
            raise SealBroken
        try:
            claims = _open(sealed, self._keys)
            secrets = {name: SecretStr(value) for name, value in claims.pop("secrets").items()}
        except KeyUnknown:
            raise SealKeyUnknown from None
        except (InvalidTag, ValueError, KeyError, AttributeError, TypeError):
            raise SealBroken from None
        if claims != _binding(event_id, account_id, generation, deliver_until):
            raise SealBroken
        return secrets


def _open(sealed: str, keys: KeyFile) -> Any:
    """RFC 7516, section 5.2, for the one algorithm we seal with; joserfc's general way takes twice the time, and a
    notifier that clears a backlog does little else. Raises KeyUnknown, ValueError and its like, InvalidTag."""
    header, nothing, iv, text, tag = sealed.split(".")
    claimed = json.loads(_decoded(header))
    if (claimed["alg"], claimed["enc"], claimed["epk"]["crv"], nothing) != ("ECDH-ES", "A256GCM", "X25519", ""):
        raise ValueError("sealed in another way than ours")
    private = keys.by_id(str(claimed["kid"])).private_key
    if not isinstance(private, X25519PrivateKey):
        raise TypeError("no key to open a seal with")
    agreed = private.exchange(X25519PublicKey.from_public_bytes(_decoded(claimed["epk"]["x"])))
    key = hashlib.sha256(b"\0\0\0\1" + agreed + KDF_INFO).digest()  # Concat KDF: RFC 7518, section 4.6.2
    return json.loads(AESGCM(key).decrypt(_decoded(iv), _decoded(text) + _decoded(tag), header.encode()))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _binding(event_id: UUID, account_id: UUID, generation: int | None, deliver_until: datetime) -> dict[str, object]:
    """What the fact lacks is left out. The moment in UTC, to the microsecond: as it comes back from JSON and from the
    database, whatever its zone."""
    bound: dict[str, object] = {
        "event_id": str(event_id),
        "account_id": str(account_id),
        "deliver_until": deliver_until.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return bound if generation is None else {**bound, "generation": generation}
