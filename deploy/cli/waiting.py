"""Servers that are not there yet: a job that is started beside them waits, no longer than it was told, and says so."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from cyclopts import Parameter

T = TypeVar("T")

LOOK = 1.0  # seconds between two tries

Wait = Annotated[float, Parameter(name="--wait")]


async def patiently(work: Callable[[], Awaitable[T]], away: type[Exception], *, seconds: float, what: str) -> T:
    """What `work` comes to. Raises `away` when that is still so after `seconds`; anything else at once."""
    loop = asyncio.get_running_loop()
    deadline, said = loop.time() + seconds, False
    while True:
        try:
            return await work()
        except away as error:
            if loop.time() >= deadline:
                raise
            if not said:
                why = " ".join(str(error).split())
                print(f"{what} cannot be used yet, waiting at most {seconds:g} s: {why}", file=sys.stderr, flush=True)
                said = True
        await asyncio.sleep(LOOK)
