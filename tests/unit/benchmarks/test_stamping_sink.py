"""The sink that notes when it took a mail: the end of every latency the benchmarks tell."""

import asyncio
import io
import time

import pytest

from benchmarks.stamping_sink import Conversation


class Replies(asyncio.Transport):
    """What the client would read."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    @property
    def codes(self) -> list[bytes]:
        return [line[:3] for line in self.written.splitlines() if line[3:4] == b" "]


SAID = (
    b"EHLO somebody\r\n"
    b"MAIL FROM:<a@example.org>\r\nRCPT TO:<client-7@exemple.fr>\r\nDATA\r\n"
    b"Subject: one\r\n\r\nRCPT TO:<not@a.command>\r\n..\r\n.\r\n"
    b"MAIL FROM:<a@example.org>\r\nRCPT TO:<client-8@exemple.fr>\r\nDATA\r\nSubject: two\r\n\r\n.\r\nQUIT\r\n"
)


@pytest.mark.parametrize("at_once", [1, 7, len(SAID)])
def test_each_mail_is_noted_once_with_its_recipient_however_the_bytes_come(at_once: int) -> None:
    stamps, replies = io.StringIO(), Replies()
    sink = Conversation(stamps)
    sink.connection_made(replies)
    begun = time.time()

    for begin in range(0, len(SAID), at_once):
        sink.data_received(SAID[begin : begin + at_once])

    assert replies.codes == [b"220", *[b"250"] * 3, b"354", b"250", *[b"250"] * 2, b"354", b"250", b"221"]
    noted = [line.split() for line in stamps.getvalue().splitlines()]
    assert [address for _, address in noted] == ["client-7@exemple.fr", "client-8@exemple.fr"]
    assert all(begun - 0.001 <= float(at) <= time.time() + 0.001 for at, _ in noted)
