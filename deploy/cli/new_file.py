"""A file with something in it that only its owner may read: whole, or not there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deploy.cli.faults import CommandFailed


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """The name is taken at once, so that what fails fails before there is anything to write. `force` replaces what is
    there, in the end. Raises CommandFailed, OSError."""
    written = path.with_name(f".{path.name}.{secrets.token_hex(4)}") if force else path
    if force and path.exists() and not path.is_file():
        raise CommandFailed(f"{path}: is no file to replace")
    try:
        descriptor = os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise CommandFailed(f"{path}: is there already; --force replaces it") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        if force:
            written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
