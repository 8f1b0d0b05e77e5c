"""Getting in: connecting, EHLO, TLS and AUTH by aiosmtplib; then the wire is ours."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from functools import cache

import aiosmtplib

from services.notifier.mail.wire import Cut, Wire, take_over
from services.notifier.smtp_server import SmtpServer
from shared import faults

WITHIN = 10.0  # seconds for all of it, however slowly the server speaks


class NotConnected(Exception):
    """No server, or none that lets us in. The text holds no password and no words of the server."""


class NotLetIn(NotConnected):
    """The server refused our name or password: only an operator can put that right."""


@dataclass(slots=True)
class Connection:
    """A server that waits for MAIL. `used` counts the mails it was used for."""

    wire: Wire
    pipelining: bool
    international: bool  # SMTPUTF8 and 8BITMIME (RFC 6531)
    used: int = 0
    idle_since: float = 0.0  # monotonic seconds


async def connect(server: SmtpServer, tls: ssl.SSLContext | None = None) -> Connection:
    """A connection that is ready for MAIL; `tls` for other certificates than the system's. Raises NotConnected."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=None if server.password is None else server.password.get_secret_value(),
        use_tls=server.tls == "implicit",
        start_tls={"implicit": False, "required": True, "opportunistic": None, "off": False}[server.tls],
        # Opportunistic TLS keeps out who only listens; whoever answers in the server's place could strip it anyway.
        validate_certs=server.tls != "opportunistic",
        tls_context=tls,
        timeout=WITHIN,
        local_hostname=await asyncio.to_thread(_own_name),
    )
    try:
        async with asyncio.timeout(WITHIN):
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        faults.passing("notifier.ehlo")
        return _connection(client)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise NotLetIn(f"{server} refused our name or password ({error.code})") from None
    except aiosmtplib.SMTPResponseException as error:
        raise NotConnected(f"{server} answered {error.code}") from None
    except TimeoutError:
        raise NotConnected(f"{server} did not let us in within {WITHIN:.0f} s") from None
    except (aiosmtplib.SMTPException, OSError, ValueError, Cut) as error:
        raise NotConnected(f"{server}: {str(error) or type(error).__name__}") from None


def _connection(client: aiosmtplib.SMTP) -> Connection:
    if client.transport is None:
        raise Cut("connection closed")
    return Connection(
        wire=take_over(client.transport),
        pipelining=client.supports_extension("pipelining"),
        international=client.supports_extension("smtputf8"),
    )


@cache
def _own_name() -> str:
    """What we call ourselves in EHLO: asks DNS, which may take its time."""
    return socket.getfqdn()
