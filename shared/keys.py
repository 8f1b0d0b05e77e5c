"""Key files: JWK sets (RFC 7517) on disk, read again when they change, so that a rotation needs no restart.

A key is used for sealing and signing once its `nbf` (seconds since 1970) has passed; until then every reader has had
time to learn it.
"""

import json
import time
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey


class KeysUnusable(Exception):
    """The key file is missing, unreadable, or holds no key in force; the text names the file and says what is wrong."""


class KeyUnknown(LookupError):
    """No key of this id is in the file."""


class KeyFile:
    """The keys of one file. A change that cannot be read leaves the former keys in use until the next look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str, tuple[float, OKPKey]] = {}
        self._refresh(required=True)

    def newest(self) -> OKPKey:
        """The key to seal or sign with. Raises KeysUnusable."""
        self._refresh()
        now = time.time()
        in_force = [(begins, key) for begins, key in self._keys.values() if begins <= now]
        if not in_force:
            raise KeysUnusable(f"{self._path}: no key is in force yet (nbf)")
        return max(in_force, key=lambda dated: dated[0])[1]

    def by_id(self, kid: str) -> OKPKey:
        """Raises KeyUnknown."""
        self._refresh()
        try:
            return self._keys[kid][1]
        except KeyError:
            raise KeyUnknown from None

    def _refresh(self, *, required: bool = False) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp == self._stamp:
                return
            self._keys = _read(self._path)
            self._stamp = stamp
        except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
            if required:
                raise KeysUnusable(f"{self._path}: not a readable JWK set: {type(error).__name__}") from None


def _read(path: Path) -> dict[str, tuple[float, OKPKey]]:
    entries = json.loads(path.read_text())["keys"]
    if not entries:
        raise ValueError("empty set")
    return {entry["kid"]: (float(entry.get("nbf", 0)), OKPKey.import_key(entry)) for entry in entries}
