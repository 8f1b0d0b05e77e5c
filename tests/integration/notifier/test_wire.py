"""Replies as they come over a real socket: in pieces, several at once, or none that could be one."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.notifier.mail.wire import Cut, Reply, Wire

STREAM = b"250-first\r\n250-second\r\n250 2.1.0 last\r\n354\r\n550 5.1.1 no \xe9\x00\x1b[2J\r\n220 bare\n"
REPLIES = [Reply(250, "2.1.0 last"), Reply(354), Reply(550, "5.1.1 no \ufffd?[2J"), Reply(220, "bare")]


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Wire, socket.socket]]:
    """A wire, and the server's end of it."""
    ours, theirs = socket.socketpair()
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    try:
        yield Wire(transport), theirs
    finally:
        transport.abort()
        theirs.close()


async def read_on(wire: Wire) -> None:
    while True:
        await wire.reply()


async def test_replies_come_whole_however_the_packets_are_cut():
    for cut in range(len(STREAM) + 1):
        async with connected() as (wire, _):
            wire.data_received(STREAM[:cut])
            wire.data_received(STREAM[cut:])
            assert [await wire.reply() for _ in REPLIES] == REPLIES
            assert wire.quiet


async def test_a_reply_that_came_before_it_was_asked_for_is_not_lost_and_not_quiet():
    async with connected() as (wire, theirs):
        theirs.send(b"421 bye\r\n")
        assert await wire.reply() == Reply(421, "bye")
        wire.data_received(b"250 one\r\n")
        assert not wire.quiet


@pytest.mark.parametrize("nonsense", [b"hello\r\n", b"25\r\n", b"2500 x\r\n", b"\x16\x03\x01", b"-250 x\r\n", b"\r\n"])
async def test_what_is_no_smtp_cuts_the_wire(nonsense: bytes):
    async with connected() as (wire, theirs):
        theirs.send(nonsense)
        with pytest.raises(Cut):
            await wire.reply()


@pytest.mark.parametrize("endless", [b"250-and so on\r\n" * 1000, b"250 " + b"x" * 9000, b"250 ok\r\n" * 50])
async def test_what_never_ends_cuts_the_wire(endless: bytes):
    async with connected() as (wire, _):
        wire.data_received(endless)
        assert not wire.quiet
        with pytest.raises(Cut):
            await read_on(wire)


async def test_a_wire_that_is_cut_says_so_to_whoever_waits():
    async with connected() as (wire, theirs):
        theirs.close()
        with pytest.raises(Cut):
            await wire.reply()
        with pytest.raises(Cut):
            wire.write(b"NOOP\r\n")


def test_enhanced_codes_are_read_where_there_are_any():
    assert Reply(550, "5.1.1 unknown").enhanced == "5.1.1"
    assert Reply(250, "2.0.0").enhanced == "2.0.0"
    assert Reply(550, "5.1.1.1 odd").enhanced is None
    assert Reply(550, "no such person").enhanced is None
