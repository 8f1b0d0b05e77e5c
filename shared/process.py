"""One process of a service: its roles side by side, each restarted when it fails, all drained on SIGTERM."""

import asyncio
import gc
import random
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import structlog
from prometheus_client import Counter

from shared.health import Health
from shared.telemetry.failures import describe, unwrapped

log = structlog.get_logger()

FAILURES = Counter("guichet_role_failures", "Failures of roles, which were started again", ["role"])

# From the signal to the end a process has ten seconds, whatever hangs: these, a moment for the database's pool, and the
# rest for a busy machine.
DRAIN = 7.0  # seconds in which roles finish what is in flight
CUT_OFF = 0.3  # seconds in which a cancelled role may clean up; who waits for a server that hangs is left behind
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a failed role is started again, doubling


class Role(NamedTuple):
    """`run` works until the event is set, then finishes what is in flight and returns. An exception is a failure.

    A role that was started again counts as well when it has worked for `settles_in` seconds; None: it says so itself.
    """

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]
    settles_in: float | None = 1.0


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT ask for an orderly end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


async def run_roles(roles: Sequence[Role], stop: asyncio.Event, health: Health) -> None:
    """Returns when all roles have drained, at most DRAIN + CUT_OFF seconds after `stop`; what still runs is cancelled.

    A role that fails is started again after a pause: nothing it holds is lost, for all it works on is in tables.
    """
    gc.collect()
    gc.freeze()  # what is there by now stays for ever: looking through it takes 40 ms each time, and all else waits
    running = [asyncio.create_task(_keep_running(role, stop, health), name=role.name) for role in roles]
    try:
        await stop.wait()
        _, late = await asyncio.wait(running, timeout=DRAIN)
        for task in late:
            log.warning("role.cancelled", role=task.get_name(), after_seconds=DRAIN)
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=CUT_OFF)


async def _keep_running(role: Role, stop: asyncio.Event, health: Health) -> None:
    """A failure is told when it begins; the health report has it as long as it lasts."""
    pause, told = FIRST_PAUSE, ""
    while not stop.is_set():
        begun = asyncio.get_running_loop().time()
        try:
            with _settling(role, health):
                await role.run(stop)
        except Exception as failure:
            error = unwrapped(failure)
            if asyncio.get_running_loop().time() - begun > 2 * LONGEST_PAUSE:
                pause, told = FIRST_PAUSE, ""  # it had worked for a while: a new failure, not the old one again
            health.degraded(role.name, f"{type(error).__name__}: {error}")
            FAILURES.labels(role.name).inc()
            if told != (told := type(error).__name__):
                log.error("role.failed", role=role.name, again_in=pause, **describe(error))
            await wait_for(stop, pause * random.uniform(0.8, 1.2))  # noqa: S311 -- spreads restarts, no secret
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            health.well(role.name)


@contextmanager
def _settling(role: Role, health: Health) -> Iterator[None]:
    if role.settles_in is None:
        yield
        return
    timer = asyncio.get_running_loop().call_later(role.settles_in, health.well, role.name)
    try:
        yield
    finally:
        timer.cancel()


async def side_by_side(*parts: Coroutine[Any, Any, None]) -> None:
    """Returns when all have. The first failure ends the others and is raised as it is, not in a group."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for part in parts:
                tasks.create_task(part)
    except BaseExceptionGroup as failed:
        raise unwrapped(failed) from None


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came within that time."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
