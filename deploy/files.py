"""Files that others must not read, and of which nobody sees half."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Readable by its owner only, and renamed into place."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    partial.rename(path)


def kept_secret(path: Path) -> str:
    """The random text in the file; made when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_hex(24))
    return path.read_text()
