"""Files that others must not read, and nobody must see half of."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Readable by its owner only, and renamed into place."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    partial.rename(path)
