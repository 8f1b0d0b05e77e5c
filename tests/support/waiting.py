"""Waiting on conditions, never on the clock."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")

# Seconds. Many times what anything takes that the tests wait for: a machine that is busy or slow breaks nothing, and
# what comes true soon is not waited for any longer.
PATIENCE = 60.0


@overload
async def until(condition: Callable[[], Awaitable[T]], timeout: float = ...) -> T: ...
@overload
async def until(condition: Callable[[], T], timeout: float = ...) -> T: ...
async def until(condition: Callable[[], T | Awaitable[T]], timeout: float = PATIENCE) -> T:
    """The first true value of the condition, asked again every few milliseconds.

    Raises AssertionError after `timeout` seconds.
    """
    deadline = asyncio.get_running_loop().time() + timeout
    pause = 0.005
    while True:
        value = condition()
        result: T = await value if inspect.isawaitable(value) else value
        if result:
            return result
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(
                f"not within {timeout:g} s: {inspect.getsource(condition).strip()}; last value {result!r}"
            )
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.1)
