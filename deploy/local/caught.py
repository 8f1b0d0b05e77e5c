"""One caught mail."""

import email
import email.policy
import itertools
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Caught:
    """The raw mail and its SMTP envelope. Ids sort by arrival."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    received: datetime
    raw: bytes

    @classmethod
    def now(cls, sender: str, recipients: tuple[str, ...], raw: bytes) -> "Caught":
        received = datetime.now(UTC)
        return cls(f"{received:%Y%m%dT%H%M%S%f}-{os.getpid()}-{next(_numbers):06}", sender, recipients, received, raw)

    @classmethod
    def read(cls, path: Path) -> "Caught":
        """A kept file: the envelope as two header fields of ours, then the mail as it came."""
        envelope, _, raw = path.read_bytes().partition(b"\n\n")
        fields = dict(line.split(": ", 1) for line in envelope.decode().splitlines())
        return cls(
            path.stem,
            fields["X-Envelope-From"],
            tuple(fields["X-Envelope-To"].split()),
            datetime.fromisoformat(fields["X-Received"]),
            raw,
        )

    def write(self, folder: Path) -> None:
        to = " ".join(self.recipients)
        envelope = f"X-Envelope-From: {self.sender}\nX-Envelope-To: {to}\nX-Received: {self.received.isoformat()}\n\n"
        partial = self.path(folder).with_suffix(".partial")
        partial.write_bytes(envelope.encode() + self.raw)
        partial.rename(self.path(folder))

    def path(self, folder: Path) -> Path:
        return folder / f"{self.id}.eml"

    @cached_property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""
