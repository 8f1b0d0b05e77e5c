"""An SMTP server that notes when it said 250 to whom: `python -m benchmarks.stamping_sink PORT FILE`.

For latencies, at tens of mails a second. It runs as a process of its own, so that the time it writes down is not that
of a busy event loop; each line of FILE is `seconds-since-1970 address`.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from benchmarks.listening import until_listening
from deploy.local.child import spawn
from deploy.local.ports import free_port

GREETING = b"220 sink ESMTP\r\n"
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"


class Conversation(asyncio.Protocol):
    """Believes everything it is told: it measures clients, and does not check them."""

    def __init__(self, stamps: TextIO) -> None:
        self._stamps = stamps
        self._unread = b""
        self._content = False
        self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\r\n")
        for line in lines:
            if self._content:
                self._content = line != b"."
                if not self._content:
                    self._stamp()
            else:
                self._transport.write(self._answer(line))

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        self._content = verb == b"DATA"
        return {b"EHLO": EHLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 2.0.0 ok\r\n")

    def _stamp(self) -> None:
        self._transport.write(b"250 2.0.0 taken\r\n")
        self._stamps.write(f"{time.time():.6f} {self._recipient}\n")


@dataclass(frozen=True, slots=True)
class StampingSink:
    port: int
    file: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def taken(self) -> dict[str, float]:
        """When each address's mail was taken, in seconds since 1970; the first one's of several."""
        found: dict[str, float] = {}
        for line in self.file.read_text().splitlines():
            at, _, address = line.partition(" ")
            found.setdefault(address, float(at))
        return found


@contextlib.asynccontextmanager
async def run_stamping_sink(folder: Path) -> AsyncIterator[StampingSink]:
    sink = StampingSink(free_port(), folder / "stamps")
    sink.file.touch()
    command = (sys.executable, "-m", "benchmarks.stamping_sink", str(sink.port), sink.file)
    child = await spawn("stamping-sink", command, log=folder / "logs" / "stamping-sink.log")
    try:
        await until_listening(child, sink.port)
        yield sink
    finally:
        await child.kill()


async def _serve(port: int, file: Path) -> None:
    with file.open("a", buffering=1) as stamps:
        server = await asyncio.get_running_loop().create_server(lambda: Conversation(stamps), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
