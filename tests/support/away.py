"""Servers that go away for a while."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer


@asynccontextmanager
async def away(server: KafkaServer | PostgresServer, *, crashed: bool = False) -> AsyncIterator[None]:
    """Stopped while the block lasts; back for the other tests whatever happens in it."""
    await (server.kill() if crashed else server.stop())
    try:
        yield
    finally:
        await server.start()


@contextmanager
def hung(server: PostgresServer) -> Iterator[None]:
    """While the block lasts its connections stay open, new ones can be made, and nothing on them is answered.

    For a server of the test's own: on one that is shared, other tests' databases could not even be dropped.
    """
    assert server.child
    first = server.child.pid
    os.kill(first, signal.SIGSTOP)  # before the others: it would start new ones
    stopped = [first, *_children(first)]
    try:
        for pid in stopped[1:]:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            ppid = path.read_text().rpartition(")")[2].split()[1]
            found += [int(path.parent.name)] if int(ppid) == parent else []
    return found
