"""Waiting for a value without taking much of the machine that is being measured."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from deploy.local.child import Child

T = TypeVar("T")


async def until(
    look: Callable[[], Awaitable[T]], wanted: T, *, within: float, child: Child, every: float = 0.1
) -> None:
    """Returns when `look` gives `wanted`. Raises TimeoutError, and ProcessEnded when `child` has ended."""
    seen: T | None = None
    try:
        async with asyncio.timeout(within):
            while (seen := await look()) != wanted:
                child.raise_if_ended()
                await asyncio.sleep(every)
    except TimeoutError:
        raise TimeoutError(f"{child.name}: not {wanted} within {within:g} s, but {seen}; see {child.log}") from None
