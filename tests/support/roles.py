"""A role of a service as a part of the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.support.waiting import PATIENCE


@asynccontextmanager
async def running(run: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    """As long as the block lives; what the role raises, the block raises."""
    stop = asyncio.Event()

    async def role() -> None:
        await run(stop)

    task = asyncio.create_task(role())
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await task
