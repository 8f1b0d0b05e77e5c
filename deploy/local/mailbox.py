"""Where caught mails lie."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession

from deploy.local.caught import Caught

Accept = Callable[[Caught], bool]


def any_mail(_: Caught) -> bool:
    return True


@dataclass
class Mailbox:
    """The mails, newest last; kept as files under `folder` when one is given, and only in memory otherwise."""

    folder: Path | None = None
    mails: dict[str, Caught] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(self.folder.glob("*.eml")):
                mail = Caught.read(path)
                self.mails[mail.id] = mail

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: SmtpEnvelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = Caught.now(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        if self.folder:
            await asyncio.to_thread(mail.write, self.folder)
        self.mails[mail.id] = mail
        self._arrived.set()
        self._arrived = asyncio.Event()
        return f"250 2.0.0 Ok: caught as {mail.id}"

    async def wait_for(self, to: str, *, timeout: float = 10.0, accept: Accept = any_mail) -> Caught:
        """The newest mail to that address that is accepted, as soon as there is one. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                arrived = self._arrived
                found = next(
                    (mail for mail in reversed(self.mails.values()) if to in mail.recipients and accept(mail)), None
                )
                if found:
                    return found
                await arrived.wait()

    def newest_first(self) -> list[Caught]:
        return list(reversed(self.mails.values()))

    def find(self, wanted: str) -> Caught | None:
        """By its id, or the newest as `latest`."""
        return next(reversed(self.mails.values()), None) if wanted == "latest" else self.mails.get(wanted)

    def delete(self, ids: set[str] | None = None) -> None:
        """All of them where no id is given."""
        for mail in [mail for mail in self.mails.values() if not ids or mail.id in ids]:
            del self.mails[mail.id]
            if self.folder:
                mail.path(self.folder).unlink(missing_ok=True)
