"""Load at a given rate, whether or not what came before has been answered: a queue that builds up is seen."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any


async def at_rate(
    per_second: float,
    count: int,
    act: Callable[[int], Awaitable[None]],
    *,
    while_: asyncio.Future[Any] | None = None,
) -> int:
    """Calls `act(0)` to `act(count - 1)`, each at its time, and returns how many when all of them have ended.

    Fewer where `while_` is given, and is done before.

    They come as customers do: independent of each other, so with exponential gaps; the same gaps in every run.
    """
    gaps = random.Random(1)  # noqa: S311 - no secret
    loop = asyncio.get_running_loop()
    due = loop.time()
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            due += gaps.expovariate(per_second)
            await asyncio.sleep(max(0.0, due - loop.time()))
            if while_ and while_.done():
                return number
            tasks.create_task(_awaited(act(number)))
    return count


async def _awaited(acting: Awaitable[None]) -> None:
    await acting
