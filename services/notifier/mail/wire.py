"""The wire to a server that has let us in: what is written, and the replies in their order.

aiosmtplib's protocol reads one reply per command and drops what comes with it, so commands cannot be pipelined over it
(RFC 2920). It connects, negotiates TLS and signs in; then this protocol takes its transport over.
"""

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

LARGEST_REPLY = 8192  # octets; RFC 5321 (4.5.3.1.5) allows 512 a line
MOST_UNREAD = 8  # replies nobody asked for

REPLY = re.compile(rb"(?:(\d{3})-[^\n]*\n)*(\d{3})(?: ([^\n]*?))?\r?\n")
BEGINNING = re.compile(rb"(?:\d{3}-[^\n]*\n)*(?:\d{0,3}\r?|\d{3}[ -][^\n]*)")
ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |$)")
UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")
LONGEST_WORDS = 200  # characters


class Cut(Exception):
    """The connection is gone, or what comes over it is no SMTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's reply; `words` are those of its last line."""

    code: int
    words: str = ""

    @property
    def enhanced(self) -> str | None:
        """The status code of RFC 3463, where the server gives one."""
        found = ENHANCED.match(self.words)
        return found and found[1]


class Wire(asyncio.Protocol):
    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._unparsed = bytearray()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._cut: str | None = None
        transport.set_protocol(self)

    @property
    def quiet(self) -> bool:
        """Open, and nothing has come that nobody asked for, such as the server's good-bye."""
        return not (self._cut or self._replies or self._unparsed or self._transport.is_closing())

    def write(self, data: bytes) -> None:
        """Raises Cut."""
        if self._cut or self._transport.is_closing():
            raise Cut(self._cut or "connection closed")
        self._transport.write(data)

    async def reply(self) -> Reply:
        """The next one; waits for it without end. Raises Cut."""
        while not self._replies:
            if self._cut:
                raise Cut(self._cut)
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._replies.popleft()

    def cut(self, why: str = "closed by us") -> None:
        self._cut = self._cut or why
        self._transport.abort()
        self._wake()

    def close(self) -> None:
        """After what was written has gone out."""
        self._cut = self._cut or "closed by us"
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._unparsed += data
        while found := REPLY.match(self._unparsed):
            self._replies.append(_reply(found[2], found[3] or b""))
            del self._unparsed[: found.end()]
        if len(self._unparsed) > LARGEST_REPLY or len(self._replies) > MOST_UNREAD:
            self.cut("endless reply")
        elif not BEGINNING.fullmatch(self._unparsed):
            self.cut("reply that is no SMTP")
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self._cut = self._cut or ("connection closed" if error is None else type(error).__name__)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def take_over(transport: asyncio.BaseTransport) -> Wire:
    return Wire(cast("asyncio.Transport", transport))


@lru_cache(maxsize=64)  # servers say the same of most mails
def _reply(code: bytes, words: bytes) -> Reply:
    said = words.decode("utf-8", "replace").strip()
    return Reply(int(code), UNPRINTABLE.sub("?", said)[:LONGEST_WORDS])
