"""A local stack: what of it runs, where to find it, and how it ends."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.endpoints import Endpoints, remove_endpoints, write_endpoints
from deploy.local.keeper import Keeper
from deploy.local.progress import Teller
from deploy.local.servers import Servers
from deploy.local.services import DESK, SERVICES


@dataclass
class Stack:
    """`endpoints.json` is written when all of it is ready, and again whenever a process is another one."""

    folder: Path
    listening: socket.socket  # the front's
    servers: Servers
    teller: Teller
    portals: Mapping[str, str] = field(default_factory=dict)  # name -> base URL
    staff: Mapping[str, str] = field(default_factory=dict)  # the demonstration's
    keys: Sequence[tuple[str, str, str]] = ()  # the demonstration's: portal, contract, the key that links it
    published: bool = False

    def __post_init__(self) -> None:
        self.keeper = Keeper(self._changed, self.teller.say)

    def endpoints(self) -> Endpoints:
        endpoints: Endpoints = {
            "portals": dict(self.portals),
            "desk": f"http://{DESK}:{self.listening.getsockname()[1]}",
            "smtp": self.servers.smtp,
            "kafka": self.servers.bootstrap,
            "databases": {name: database.owner_url for name, database in self.servers.databases.items()},
            "processes": self.keeper.processes(),
        }
        if self.servers.catcher:
            endpoints["mail_api"] = self.servers.catcher.mail_api
        if self.staff:
            endpoints["staff"] = dict(self.staff)
        return endpoints

    def publish(self) -> None:
        self.published = True
        write_endpoints(self.folder, self.endpoints())

    def _changed(self) -> None:
        if self.published:
            self.publish()


@contextlib.asynccontextmanager
async def run_stack(servers: Servers, listening: socket.socket, teller: Teller) -> AsyncIterator[Stack]:
    """An empty one, to be filled; whatever runs in it is ended: what came last first, the servers not here."""
    stack = Stack(servers.options.data, listening, servers, teller)
    try:
        yield stack
    finally:
        teller.say("\n  ending: what is in flight is finished first")
        remove_endpoints(stack.folder)
        stack.published = False
        await stack.keeper.release()
        children = stack.keeper.children
        for names in (["front"], SERVICES):
            await asyncio.gather(*(children[name].stop() for name in names if name in children))
