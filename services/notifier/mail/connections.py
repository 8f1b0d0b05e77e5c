"""Connections kept open between mails: a new one for each would halve what a process can send."""

import ssl
import time

from services.notifier.domain.attempts import Attempt, Stage, Verdict
from services.notifier.mail.connect import Connection, connect
from services.notifier.mail.hand_in import OUT_OF_STEP, hand_in
from services.notifier.mail.letters import Letter
from services.notifier.mail.wire import Cut
from services.notifier.smtp_server import SmtpServer

IDLE_FOR = 30.0  # seconds after which one is not trusted to be alive any more; servers hang up after minutes
MOST_MAILS = 1000  # over one connection; servers have such limits too (Exim's default is 1000)
DISTRUST_FOR = 600.0  # seconds without pipelining after a server that offers it fell out of step
ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)


class Connections:
    """One server's, lent to one sender at a time. `tls`: for other certificates than the system's."""

    def __init__(self, server: SmtpServer, tls: ssl.SSLContext | None = None) -> None:
        self.server = server
        self._tls = tls
        self._idle: list[Connection] = []
        self._lent: list[Connection] = []
        self._distrust_until = 0.0

    async def send(self, letter: Letter, until: float) -> Attempt:
        """One try, over by `until` (monotonic seconds). Raises NotConnected.

        A kept connection that turns out to be over before the server saw any content is the connection's fault, not
        the mail's: a new one is taken at once.
        """
        kept = self._take_idle()
        if kept is not None:
            attempt = await self._send_over(kept, letter, until)
            over = attempt.stage in ENVELOPE and attempt.code in (None, 421) and time.monotonic() < until
            if attempt.verdict is not Verdict.DEFERRED or not over:
                return attempt
        return await self._send_over(await self._connect(), letter, until)

    async def probe(self) -> None:
        """Whether the server lets us in; the connection is kept. Raises NotConnected."""
        self._put_back(await self._connect())

    def cut_all(self, why: str) -> None:
        """Ends what is in flight: each attempt then tells how far it had come."""
        for connection in self._lent:
            connection.wire.cut(why)

    def close(self) -> None:
        while self._idle:
            _say_goodbye(self._idle.pop())

    async def _connect(self) -> Connection:
        connection = await connect(self.server, self._tls)
        if time.monotonic() < self._distrust_until:
            connection.pipelining = False
        return connection

    async def _send_over(self, connection: Connection, letter: Letter, until: float) -> Attempt:
        self._lent.append(connection)
        try:
            attempt = await hand_in(connection, letter, until)
        except BaseException:
            connection.wire.cut()
            raise
        finally:
            self._lent.remove(connection)
        if connection.pipelining and _out_of_step(connection, attempt):
            self._distrust_until = time.monotonic() + DISTRUST_FOR
        self._put_back(connection)
        return attempt

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.wire.quiet and time.monotonic() - connection.idle_since < IDLE_FOR:
                return connection
            _say_goodbye(connection)
        return None

    def _put_back(self, connection: Connection) -> None:
        if connection.wire.quiet and connection.used < MOST_MAILS:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        else:
            _say_goodbye(connection)


def _out_of_step(connection: Connection, attempt: Attempt) -> bool:
    """Whether it may be that the server cannot take pipelining: it misread commands, or did not answer at all."""
    if attempt.stage not in ENVELOPE or attempt.verdict is not Verdict.DEFERRED:
        return False
    return attempt.code in OUT_OF_STEP or (attempt.code is None and connection.used == 1)


def _say_goodbye(connection: Connection) -> None:
    try:
        connection.wire.write(b"QUIT\r\n")
    except Cut:
        return
    connection.wire.close()
