"""What `guichet up` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """`kafka`, `database` and `smtp` name servers that run already, instead of starting them."""

    data: Path  # absolute: not every process of ours works in this folder
    port: int = 8000
    kafka: str | None = None  # HOST:PORT
    database: str | None = None  # an administrator's URL
    smtp: str | None = None  # URL, as in GUICHET_SMTP_URL
    demo: bool = True
