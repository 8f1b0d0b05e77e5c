"""The whole system on one machine: what production runs, from nothing to `ready`, until somebody ends it."""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.demonstration import PORTAL, load, new_customer
from deploy.local.endpoints import remove_endpoints
from deploy.local.faults import LocalFault
from deploy.local.ports import is_free
from deploy.local.progress import Teller
from deploy.local.proof import prove
from deploy.local.servers import Servers, run_servers
from deploy.local.stack import Stack, run_stack, start_services


class CannotStart(LocalFault):
    """Says what stands in the way, and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """`kafka`, `database` and `smtp` name servers that run already, instead of starting them."""

    data: Path
    port: int = 8000
    kafka: str | None = None  # HOST:PORT
    database: str | None = None  # an administrator's URL
    smtp: str | None = None  # HOST:PORT
    demo: bool = True


async def up(options: Options, teller: Teller) -> None:
    """Runs until cancelled. Raises LocalFault, PortalFaults."""
    with _alone(options.data):
        if not is_free(options.port):
            raise CannotStart(f"port {options.port} is taken: choose another one with --port")
        remove_endpoints(options.data)  # a stack that was killed left its own
        async with _started(options, teller) as stack:
            _tell_addresses(stack, teller)
            await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _started(options: Options, teller: Teller) -> AsyncIterator[Stack]:
    async with contextlib.AsyncExitStack() as running:
        with teller.live:
            servers: Servers = await running.enter_async_context(run_servers(options, teller))
            stack: Stack = await running.enter_async_context(run_stack(options, servers, teller))
            customer = new_customer()
            async with asyncio.TaskGroup() as starting:
                starting.create_task(start_services(stack, options.port, teller))
                if options.demo:
                    starting.create_task(load(stack, customer, teller))
            if options.demo and servers.catcher:
                await prove(stack.portals[PORTAL], customer, servers.catcher, teller)
        running.callback(remove_endpoints, options.data)
        stack.publish()
        yield stack


def _tell_addresses(stack: Stack, teller: Teller) -> None:
    endpoints = stack.endpoints()
    teller.say()
    for name, url in endpoints["portals"].items():
        teller.say(f"  {name:<12}{url}")
    if "mail_api" in endpoints:
        teller.say(f"  {'mails':<12}{endpoints['mail_api']}")
    teller.say(f"  {'addresses':<12}{stack.folder / 'endpoints.json'}")
    teller.say("\n  Ctrl-C ends it, and leaves the data folder.\nready")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One stack in a folder. Raises CannotStart."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go by the kernel, however we end
        except OSError:
            raise CannotStart(
                f"a stack runs in {folder} already: end it, or choose another folder with --data"
            ) from None
        yield
