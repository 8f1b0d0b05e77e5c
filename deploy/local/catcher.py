"""A mail catcher on loopback: takes every mail by SMTP and delivers none; shows them as `catcher_http` says."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP

from deploy.local.catcher_http import catcher_app
from deploy.local.caught import Caught
from deploy.local.mailbox import Accept, Mailbox, any_mail
from deploy.local.ports import free_port, preferred_port


@dataclass(frozen=True, slots=True)
class Catcher:
    mailbox: Mailbox
    smtp_port: int
    http_port: int

    @property
    def smtp(self) -> str:
        return f"127.0.0.1:{self.smtp_port}"

    @property
    def smtp_url(self) -> str:
        """As GUICHET_SMTP_URL takes it."""
        return f"smtp://{self.smtp}?tls=off"

    @property
    def mail_api(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def messages(self, to: str | None = None) -> list[Caught]:
        """Oldest first."""
        return [mail for mail in self.mailbox.mails.values() if to is None or to in mail.recipients]

    async def wait_for(self, to: str, *, timeout: float = 10.0, accept: Accept = any_mail) -> Caught:
        return await self.mailbox.wait_for(to, timeout=timeout, accept=accept)


@contextlib.asynccontextmanager
async def run_catcher(
    folder: Path | None = None, *, smtp_port: int | None = None, http_port: int | None = None
) -> AsyncIterator[Catcher]:
    """Catches mails as long as the block lives; a preferred port that is taken is replaced by a free one."""
    mailbox = Mailbox(folder)
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(
        lambda: SMTP(mailbox, hostname="catcher.localhost", enable_SMTPUTF8=True, loop=loop), sock=_listening(smtp_port)
    )
    with _listening(http_port) as listening:
        config = uvicorn.Config(catcher_app(mailbox), log_config=None, access_log=False, lifespan="off")
        http = _Http(config)
        serving = asyncio.create_task(http.serve([listening]))
        try:
            yield Catcher(mailbox, smtp.sockets[0].getsockname()[1], listening.getsockname()[1])
        finally:
            smtp.close()
            http.should_exit = http.force_exit = True
            await serving


def _listening(preferred: int | None) -> socket.socket:
    """Connections wait here from now on, even before somebody accepts them."""
    return socket.create_server(("127.0.0.1", preferred_port(preferred) if preferred else free_port()))


class _Http(uvicorn.Server):
    """Inside somebody else's process: the signals are his."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
