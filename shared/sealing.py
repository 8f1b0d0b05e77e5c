"""Sealing: a secret travels as a JWE that only the notifier can open, bound to the fact that carries it.

Compact JWE (RFC 7516), ECDH-ES on X25519 with A256GCM (RFC 7518, RFC 8037). The claims inside repeat what stands
outside, so a ciphertext moved to another event, account or generation does not open there.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OKPKey
from pydantic import SecretStr

from shared.keys import KeyFile, KeyUnknown

ALGORITHMS = ["ECDH-ES", "A256GCM"]
LARGEST = 16_384  # bytes of a sealed text; what we seal has a few hundred


class SealBroken(Exception):
    """The sealed text is damaged, forged, or belongs to another event, account or generation."""


class SealKeyUnknown(Exception):
    """No key we hold opens the sealed text: it was sealed to a destroyed key, or to somebody else's."""


class Sealer:
    """Seals to the newest public key in force."""

    def __init__(self, keys: KeyFile) -> None:
        self._keys = keys

    def seal(
        self, secrets: Mapping[str, str], *, event_id: UUID, account_id: UUID, generation: int, deliver_until: datetime
    ) -> str:
        """Raises KeysUnusable where the file holds no key that is in force."""
        key = self._keys.newest()
        claims = _binding(event_id, account_id, generation) | {"deliver_until": deliver_until.isoformat()}
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key.kid}
        plain = json.dumps({**claims, "secrets": dict(secrets)}).encode()
        return jwe.encrypt_compact(header, plain, key, algorithms=ALGORITHMS)


class Opener:
    """Opens what was sealed to any key of its set: old ones stay until what was sealed to them is past its deadline."""

    def __init__(self, keys: KeyFile) -> None:
        self._keys = keys

    def open(self, sealed: str, *, event_id: UUID, account_id: UUID, generation: int) -> dict[str, SecretStr]:
        """Raises SealBroken, SealKeyUnknown. Neither says anything of what was inside."""
        if len(sealed) > LARGEST:
            raise SealBroken
        try:
            opened = jwe.decrypt_compact(sealed, self._key_for, algorithms=ALGORITHMS)
            claims = json.loads(opened.plaintext or b"")
            secrets = {name: SecretStr(value) for name, value in claims.pop("secrets").items()}
        except KeyUnknown:
            raise SealKeyUnknown from None
        except (JoseError, ValueError, KeyError, AttributeError, TypeError):
            raise SealBroken from None
        if {name: claims.get(name) for name in ("event_id", "account_id", "generation")} != _binding(
            event_id, account_id, generation
        ):
            raise SealBroken
        return secrets

    def _key_for(self, sealed: GuestProtocol) -> OKPKey:
        return self._keys.by_id(str(sealed.headers().get("kid")))


def _binding(event_id: UUID, account_id: UUID, generation: int) -> dict[str, object]:
    return {"event_id": str(event_id), "account_id": str(account_id), "generation": generation}
