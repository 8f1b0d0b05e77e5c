"""An SMTP server that behaves as a test tells it: politely, or like one of those out there.

What it says to each step is in `once` (used up in turn) or `always`; else it is polite. A rule for a recipient goes
first. Steps: `connect ehlo starttls auth mail rcpt data dot`.
"""

import asyncio
import base64
import contextlib
import socket
import ssl
import struct
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

POLITE = {"connect": "220 test", "starttls": "220 go", "auth": "235 2.7.0 ok", "mail": "250 2.1.0 ok"}
POLITE |= {"rcpt": "250 2.1.5 ok", "data": "354 go ahead", "dot": "250 2.0.0 taken"}


class Reset:
    """The connection is torn down, as when a server loses power."""


class Endless:
    """A reply whose last line never comes."""


class Silence:
    """No reply until `end` is called; then a polite one, if anybody still listens. `reached` is set when it begins."""

    def __init__(self, first_bytes: bytes = b"") -> None:
        self.first_bytes = first_bytes
        self.reached, self._end = asyncio.Event(), asyncio.Event()

    def end(self) -> None:
        self._end.set()

    async def over(self) -> None:
        self.reached.set()
        await self._end.wait()


class Dribble:
    """The polite reply, a byte every ten seconds."""


Answer = str | Reset | Endless | Silence | Dribble


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail as it came over the wire, its doubled dots single again."""

    sender: str
    recipient: str
    raw: bytes
    connection: int
    encrypted: bool
    at: float = field(default_factory=time.time)

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


@dataclass
class SmtpServer:
    """`reads_one_command`: of what comes in one packet only the first is heeded, whatever `extensions` promise."""

    port: int = 0
    extensions: list[str] = field(default_factory=lambda: ["PIPELINING", "8BITMIME", "SMTPUTF8"])
    tls: ssl.SSLContext | None = None  # offers STARTTLS, or is spoken from the first byte if `implicit`
    implicit: bool = False
    credentials: tuple[str, str] | None = None
    reads_one_command: bool = False
    in_order: bool = True  # refuses RCPT without MAIL and DATA without RCPT
    always: dict[str, Answer] = field(default_factory=dict)
    once: defaultdict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    for_recipient: dict[str, dict[str, Answer]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    # Complete, and not refused: what a recipient may find, whether or not the sender lived to hear of it.
    arrived: list[Taken] = field(default_factory=list)
    dots: list[str] = field(default_factory=list)  # Message-IDs of all contents that were complete, taken or not
    packets: list[bytes] = field(default_factory=list)  # what was read at once
    connections: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=off"

    def to(self, recipient: str) -> list[Taken]:
        return [taken for taken in self.taken if taken.recipient == recipient]

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, ssl=self.tls if self.implicit else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hangs up on everybody and listens no more."""
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.gather(*self._open, return_exceptions=True)

    def hang_up(self) -> None:
        for session in self._open:
            session.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        session = Session(self, reader, writer, self.connections, encrypted=self.implicit)
        task = asyncio.ensure_future(session.run())
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])

    def answer(self, step: str, recipient: str) -> Answer:
        rules = self.for_recipient.get(recipient, {})
        if step in rules:
            return rules[step]
        if self.once[step]:
            return self.once[step].popleft()
        return self.always.get(step) or self._greeting(step) or POLITE[step]

    def _greeting(self, step: str) -> str | None:
        if step != "ehlo":
            return None
        lines = ["test", *self.extensions]
        if self.tls and not self.implicit:
            lines.append("STARTTLS")
        if self.credentials:
            lines.append("AUTH PLAIN")
        return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])


@dataclass
class Session:
    server: SmtpServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    encrypted: bool
    sender: str = ""
    recipient: str = ""
    unread: bytes = b""
    said: str = ""  # the code of the last reply
    accepted: str = ""  # the last step of the present mail

    async def run(self) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
            if await self._say("connect"):
                while await self._command():
                    pass
        self.writer.transport.abort()

    async def _command(self) -> bool:
        line = await self._line()
        verb, _, rest = line.decode("utf-8", "replace").partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                return await self._say("ehlo")
            case "STARTTLS":
                return await self._start_tls()
            case "AUTH":
                return await self._sign_in(rest)
            case "MAIL":
                self.sender = rest.partition("<")[2].partition(">")[0]
                return await self._in_order("", "mail")
            case "RCPT":
                self.recipient = rest.partition("<")[2].rpartition(">")[0]
                return await self._in_order("mail", "rcpt")
            case "DATA":
                return await self._in_order("rcpt", "data") and await self._content()
            case "RSET":
                self.accepted = ""
                return await self._send("250 ok")
            case "QUIT":
                await self._send("221 bye")
                return False
            case "":
                return not self.reader.at_eof()
        return await self._send("500 what?")

    async def _in_order(self, after: str, step: str) -> bool:
        if self.server.in_order and self.accepted != after:
            return await self._send("503 5.5.1 out of order")
        going_on = await self._say(step)
        if self.said[:1] in ("2", "3"):
            self.accepted = step
        return going_on

    async def _content(self) -> bool:
        if self.said != "354":
            return True
        lines: list[bytes] = []
        while (line := await self._line(content=True)) != b".":
            if not line and self.reader.at_eof():
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        raw = b"\r\n".join(lines) + b"\r\n"
        taken = Taken(self.sender, self.recipient, raw, self.number, self.encrypted)
        self.server.dots.append(taken.message_id)
        self.server.arrived.append(taken)
        going_on, self.accepted = await self._say("dot"), ""
        if self.said == "250":
            self.server.taken.append(taken)
        elif self.said:
            self.server.arrived.remove(taken)
        return going_on

    async def _sign_in(self, rest: str) -> bool:
        given = tuple(base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:])
        if given == self.server.credentials:
            return await self._say("auth")
        return await self._send("535 5.7.8 no")

    async def _start_tls(self) -> bool:
        assert self.server.tls
        await self._say("starttls")
        await self.writer.start_tls(self.server.tls)
        self.encrypted = True
        return True

    async def _line(self, *, content: bool = False) -> bytes:
        while b"\n" not in self.unread:
            packet = await self.reader.read(65536)
            if not packet:
                return b""
            self.server.packets.append(packet)
            self.unread += packet
        line, _, self.unread = self.unread.partition(b"\n")
        if self.server.reads_one_command and not content:
            self.unread = b""
        return line.rstrip(b"\r")

    async def _say(self, step: str) -> bool:
        """Whether the conversation goes on."""
        self.said = ""
        match self.server.answer(step, self.recipient):
            case Reset():
                self._reset()
                return False
            case Endless():
                while True:
                    self.writer.write(b"250-and so on\r\n" * 100)
                    await self.writer.drain()
            case Silence() as silence:
                self.writer.write(silence.first_bytes)
                await silence.over()
                return await self._send(POLITE[step])
            case Dribble():
                return await self._dribble(POLITE[step])
            case str() as text:
                return await self._send(text)

    async def _send(self, text: str) -> bool:
        self.said = text[:3]
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()
        return self.said != "421"

    async def _dribble(self, text: str) -> bool:
        for character in f"{text}\r\n":
            self.writer.write(character.encode())
            await self.writer.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await asyncio.Event().wait()
        self.said = text[:3]
        return True

    def _reset(self) -> None:
        """RST instead of FIN."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def run_smtp_server(server: SmtpServer) -> AsyncIterator[SmtpServer]:
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
