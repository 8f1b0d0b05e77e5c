"""The key files of an installation: to whom secrets are sealed, and what tokens are signed with."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.files import write_private


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """JWK sets (RFC 7517), one file for each who may read it."""

    seal_private: Path  # the notifier
    seal_public: Path  # who seals: auth, contracts
    token_private: Path  # auth
    token_public: Path  # who verifies tokens: contracts, the notifier


def key_files(folder: Path) -> KeyFiles:
    names = ("seal-keys.private", "seal-keys.public", "token-keys.private", "token-keys.public")
    return KeyFiles(*(folder / f"{name}.json" for name in names))


def make_keys(folder: Path) -> KeyFiles:
    """The files in `folder`, made with one key each where they are not there yet, readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = key_files(folder)
    make_key_files(files)
    return files


def make_key_files(files: KeyFiles) -> None:
    """Where they are not there yet; their folders are."""
    _make_pair(files.seal_private, files.seal_public, "X25519", use="enc")
    _make_pair(files.token_private, files.token_public, "Ed25519", use="sig")


def _make_pair(private: Path, public: Path, curve: Any, *, use: str) -> None:
    if private.exists() and public.exists():
        return
    from joserfc.jwk import OKPKey  # every command asks where keys are, few make one

    key = OKPKey.generate_key(curve)
    about = {"kid": secrets.token_hex(8), "use": use, "nbf": int(time.time())}
    # the public half last: once it can be sealed to, what is sealed can be opened
    _write(private, {**key.as_dict(private=True), **about})
    _write(public, {**key.as_dict(private=False), **about})


def _write(path: Path, key: Mapping[str, Any]) -> None:
    write_private(path, json.dumps({"keys": [key]}))
