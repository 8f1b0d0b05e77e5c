"""Key files as they are kept: two JWK sets (RFC 7517), one for the owner and one for who seals to it or verifies it.

A change is renamed into place, so that a reader never sees half of one.
"""

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from joserfc.jwk import OKPKey

LEARNING = 120  # seconds until a new key is used: by then every process has read the files again

Jwk = dict[str, Any]
Curve = Literal["X25519", "Ed25519"]  # to seal to, to sign with


@dataclass(frozen=True, slots=True)
class KeyPairFiles:
    private: Path
    public: Path
    curve: Curve

    @property
    def use(self) -> str:
        return "enc" if self.curve == "X25519" else "sig"


@dataclass(frozen=True, slots=True)
class KeptKey:
    kid: str
    begins: float  # seconds since 1970
    ended: float | None  # when the next one began; None: in use, or waiting to be

    def state(self, now: float) -> str:
        if self.begins > now:
            return "waiting"
        return "in use" if self.ended is None else "former"


def list_keys(files: KeyPairFiles, now: float) -> list[KeptKey]:
    """Those of the public set, in the order in which they began."""
    begins = sorted((float(key.get("nbf", 0)), str(key["kid"])) for key in _read(files.public))
    nexts = [*(begun for begun, _ in begins[1:]), None]
    return [
        KeptKey(kid, begun, following if following is not None and following <= now else None)
        for (begun, kid), following in zip(begins, nexts, strict=True)
    ]


def add_key(files: KeyPairFiles, now: float) -> KeptKey:
    """A new key, used in a while, or at once where it is the first.

    The half that undoes what the other does is written first: who seals must be heard, who signs believed.
    """
    key = OKPKey.generate_key(files.curve)
    former = _read(files.public) if files.public.exists() else []
    begins = int(now) + (LEARNING if former else 0)
    kid = secrets.token_hex(8)
    about = {"kid": kid, "use": files.use, "nbf": begins}
    halves = [(files.private, key.as_dict(private=True)), (files.public, key.as_dict(private=False))]
    for path, half in halves if files.use == "enc" else reversed(halves):
        _write(path, [*(_read(path) if path.exists() else []), {**half, **about}])
    return KeptKey(kid, begins, None)


def remove_key(files: KeyPairFiles, kid: str) -> None:
    """First from where it is used, then from where what it did is undone."""
    order = (files.public, files.private) if files.use == "enc" else (files.private, files.public)
    for path in order:
        _write(path, [key for key in _read(path) if key["kid"] != kid])


def _read(path: Path) -> list[Jwk]:
    keys: list[Jwk] = json.loads(path.read_text())["keys"]
    return keys


def _write(path: Path, keys: list[Jwk]) -> None:
    """Readable by its owner only, as before by the same owner."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w") as file:
        json.dump({"keys": keys}, file)
        file.flush()
        os.fsync(file.fileno())
        if path.exists():
            was = path.stat()
            os.fchmod(file.fileno(), was.st_mode & 0o777)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), was.st_uid, was.st_gid)
    Path(beside).replace(path)
