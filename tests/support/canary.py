"""The canary hunt: a secret, in whatever disguise, sought in all that survives or is shown to somebody."""

import base64
import html
import json
import mmap
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

# Kafka's indexes hold offsets and times only, and are ten sparse megabytes for each partition.
NOTHING_INSIDE = {".index", ".timeindex"}


def disguises(secret: str) -> set[bytes]:
    """The secret plain, and as base64, hex, URLs, JSON and HTML write it, also in the midst of something longer."""
    plain = secret.encode()
    written = {
        plain,
        plain.hex().encode(),
        plain.hex().upper().encode(),
        quote(secret, safe="").encode(),
        quote_plus(secret).encode(),
        json.dumps(secret)[1:-1].encode(),
        "".join(f"\\u{ord(character):04x}" for character in secret).encode(),
        html.escape(secret).encode(),
        "".join(f"&#{ord(character)};" for character in secret).encode(),
        "".join(f"&#x{ord(character):x};" for character in secret).encode(),
    }
    return written | set(_in_base64(plain))


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """What every base64 text has that holds it, wherever it begins: without the characters its neighbours share."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + plain + bytes(-(before + len(plain)) % 3))
        first, last = -(-before * 4 // 3), (before + len(plain)) * 4 // 3
        yield encoded[first:last]
        yield encoded[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def found_in_files(folders: Iterable[Path], secrets: Iterable[str]) -> set[Path]:
    """The files below (or at) these places that hold one of the secrets."""
    sought = _any_of(secrets)
    return {file for folder in folders for file in _files(folder) if _holds(file, sought)}


def found_in_texts(texts: Mapping[str, bytes], secrets: Iterable[str]) -> set[str]:
    sought = _any_of(secrets)
    return {name for name, text in texts.items() if sought.search(text)}


def _any_of(secrets: Iterable[str]) -> re.Pattern[bytes]:
    needles = {needle for secret in secrets for needle in disguises(secret)}
    return re.compile(b"|".join(re.escape(needle) for needle in sorted(needles)))


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    else:
        yield from (file for file in folder.rglob("*") if file.is_file() and file.suffix not in NOTHING_INSIDE)


def _holds(file: Path, sought: re.Pattern[bytes]) -> bool:
    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return sought.search(content) is not None
    except (ValueError, FileNotFoundError):
        return False  # empty, or gone since it was listed
