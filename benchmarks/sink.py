"""Where mails go: Postfix's smtp-sink, which throws them away faster than anything here can send them."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.listening import until_listening
from deploy.local.child import Child, spawn, unprivileged_user
from deploy.local.ports import free_port
from deploy.local.prerequisites import Lacking, find_program

LOOK = 0.02  # seconds between two looks at the counter: what a rate over some seconds is exact to
COUNTER = re.compile(rb"mesg=(\d+)")


@dataclass(frozen=True, slots=True)
class Look:
    at: float  # seconds since 1970
    mails: int


@dataclass(frozen=True, slots=True)
class Sink:
    """`counter`: the file it writes its running count to."""

    port: int
    counter: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def takes(self, count: int, *, within: float, child: Child | None = None) -> list[Look]:
        """What was seen of the next `count` mails, from the last look before the first one.

        Raises TimeoutError, and ProcessEnded where `child`, which sends them, ended before.
        """
        before = self._read()
        looks = [Look(time.time(), before)]
        async with asyncio.timeout(within):
            while looks[-1].mails < before + count:
                await asyncio.sleep(LOOK)
                mails = self._read()
                if mails > before:
                    looks.append(Look(time.time(), mails))
                else:
                    looks[0] = Look(time.time(), before)
                if child and mails == before:
                    child.raise_if_ended()
        return looks

    def _read(self) -> int:
        with self.counter.open("rb") as file:
            file.seek(max(0, self.counter.stat().st_size - 80))
            found = COUNTER.findall(file.read())
        return int(found[-1]) if found else 0


def rate(looks: list[Look], *, after: float = 0.0) -> float:
    """Mails a second from the first to the last; `after` leaves out a share of them at the beginning."""
    first, last = looks[0].mails, looks[-1]
    begin = next(look for look in looks if look.mails >= first + after * (last.mails - first))
    return (last.mails - begin.mails) / (last.at - begin.at)


@contextlib.asynccontextmanager
async def run_sink(folder: Path) -> AsyncIterator[Sink]:
    """smtp-sink as long as the block lives. Raises Lacking."""
    program = find_program("postfix")
    if program is None:
        raise Lacking("no smtp-sink: apt-get install postfix")
    sink = Sink(free_port(), folder / "smtp-sink.count")
    command = (program, "-c", "-m", "500", sink.address, "500")
    child = await spawn("smtp-sink", command, log=sink.counter, user=unprivileged_user())
    try:
        await until_listening(child, sink.port)
        yield sink
    finally:
        await child.kill()
