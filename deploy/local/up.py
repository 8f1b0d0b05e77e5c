"""The whole system on one machine: what production runs, from nothing to `ready`, until somebody ends it."""

import asyncio
import contextlib
import errno
import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path

from deploy.local.demonstration import PORTAL, load, new_customer
from deploy.local.endpoints import Endpoints, remove_endpoints
from deploy.local.faults import LocalFault
from deploy.local.options import Options
from deploy.local.progress import Teller
from deploy.local.servers import run_servers
from deploy.local.stack import Stack, run_stack
from deploy.local.starting import lay_out, start_broker, start_databases, start_services


class CannotStart(LocalFault):
    """Says what stands in the way, and what to do."""


async def up(options: Options, teller: Teller) -> None:
    """Runs until cancelled. Raises LocalFault, PortalFaults, and what drivers raise where a server was named."""
    with _alone(options.data), _listening(options.port) as listening:
        remove_endpoints(options.data)  # a stack that was killed left its own
        async with run_servers(options) as servers, run_stack(servers, listening, teller) as stack:
            with teller.live:
                await _start(stack, demo=options.demo)
            stack.publish()
            _tell_addresses(stack)
            await asyncio.Event().wait()


async def _start(stack: Stack, *, demo: bool) -> None:
    customer = new_customer()

    async def databases_then_customers() -> None:
        await asyncio.gather(start_databases(stack), lay_out(stack))
        if demo:
            await load(stack, customer)

    async with asyncio.TaskGroup() as starting:
        starting.create_task(start_broker(stack))
        starting.create_task(databases_then_customers())
    await start_services(stack)
    if demo and stack.servers.catcher:
        from deploy.local.proof import prove

        await prove(stack.portals[PORTAL], customer, stack.servers.catcher, stack.teller)


def _tell_addresses(stack: Stack) -> None:
    endpoints, say = stack.endpoints(), stack.teller.say
    say()
    for name, url in endpoints["portals"].items():
        say(f"  {name:<12}{url}")
    say(f"  {'desk':<12}{endpoints['desk']}{_way_in(endpoints)}")
    if "mail_api" in endpoints:
        say(f"  {'mails':<12}{endpoints['mail_api']}")
    say(f"  {'addresses':<12}{stack.folder / 'endpoints.json'}")
    if stack.keys:
        say("\n  Sign in (/register or /activate, then the mail), and link a contract with its key at /contracts/link:")
    for portal, contract, key in stack.keys:
        say(f"  {portal:<12}{contract:<14}{key}")
    say("\n  Ctrl-C ends it, and leaves the data folder.\nready")


def _way_in(endpoints: Endpoints) -> str:
    """The demonstration's staff; without one nobody is at the desk yet."""
    staff = endpoints.get("staff", {})
    if "login" not in staff:
        return ""
    return f"   {staff['login']}, password {staff['password']}, code: guichet staff code"


def _listening(port: int) -> socket.socket:
    """Raises CannotStart."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=1024)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise CannotStart(f"port {port} is taken: choose another one with --port") from None


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
