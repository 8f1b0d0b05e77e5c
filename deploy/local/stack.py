"""The services of a local stack, and the front before them: started, kept alive, ended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.child import Child
from deploy.local.endpoints import Endpoints, write_endpoints
from deploy.local.keeper import Keeper
from deploy.local.keys import make_keys
from deploy.local.portals import lay_portals
from deploy.local.ports import free_port
from deploy.local.progress import Teller
from deploy.local.ready import until_ready
from deploy.local.servers import Servers
from deploy.local.services import SERVED, SERVICES, run_front, run_service, service_environment
from shared.db.migrate import migrate
from shared.kafka.admin import apply_topics
from shared.kafka.settings import KafkaSettings


class Placed(Protocol):
    """Of `guichet up`'s options, where things go."""

    @property
    def data(self) -> Path: ...
    @property
    def port(self) -> int: ...


@dataclass
class Stack:
    """What runs. `endpoints.json` is written when all of it is ready, and again whenever a process is another one."""

    folder: Path
    servers: Servers
    portals: Mapping[str, str]  # name -> base URL
    keeper: Keeper
    staff: dict[str, str]
    published: bool = False

    def endpoints(self) -> Endpoints:
        endpoints: Endpoints = {
            "portals": dict(self.portals),
            "smtp": self.servers.smtp,
            "kafka": self.servers.bootstrap,
            "databases": {name: database.owner_url for name, database in self.servers.databases.items()},
            "processes": self.keeper.processes(),
        }
        if self.servers.catcher:
            endpoints["mail_api"] = self.servers.catcher.mail_api
        if self.staff:
            endpoints["staff"] = self.staff
        return endpoints

    def publish(self) -> None:
        self.published = True
        write_endpoints(self.folder, self.endpoints())


@contextlib.asynccontextmanager
async def run_stack(options: Placed, servers: Servers, teller: Teller) -> AsyncIterator[Stack]:
    """Keys, portals, tables and topics; the services are `start_services`'s to start. Raises PortalFaults."""
    folder = options.data.resolve()

    def changed() -> None:
        if stack.published:
            stack.publish()

    stack = Stack(folder, servers, {}, Keeper(changed, teller.say), {})
    _keep_servers(stack.keeper, servers)
    try:
        make_keys(folder / "keys")
        stack.portals = await asyncio.to_thread(lay_portals, folder / "portals", options.port)
        await _prepare(servers, teller)
        yield stack
    finally:
        await _end(stack)


def _keep_servers(keeper: Keeper, servers: Servers) -> None:
    for server in (servers.kafka, servers.postgres):
        if server and server.child:
            keeper.keep(server.child, server.launch)


async def _prepare(servers: Servers, teller: Teller) -> None:
    """Tables and topics."""
    with teller.step("migrations") as step:
        work = [asyncio.to_thread(migrate, servers.databases[name].owner_url, name) for name in SERVICES]
        topics, *applied = await asyncio.gather(apply_topics(KafkaSettings(servers.bootstrap)), *work)
        step.done(f"{sum(map(len, applied))} applied, {len(topics)} topics made")


async def start_services(stack: Stack, port: int, teller: Teller) -> None:
    """All of them side by side, and the front on `port`. Raises ProcessEnded, NotReady."""
    ports = {service: free_port() for service in SERVED}
    stack.keeper.keep(await run_front(port, ports, stack.folder), lambda: run_front(port, ports, stack.folder))
    async with asyncio.TaskGroup() as starting:
        for service in SERVICES:
            starting.create_task(_start_service(stack, service, ports.get(service), teller))


async def _start_service(stack: Stack, service: str, http_port: int | None, teller: Teller) -> None:
    admin_port = free_port()
    database = stack.servers.databases[service]
    environment = service_environment(stack.folder, stack.endpoints(), service, database.url, admin_port, http_port)

    async def launch() -> Child:
        return await run_service(service, environment, stack.folder)

    with teller.step(service) as step:
        child = stack.keeper.adopt(await launch())
        await until_ready(child, admin_port)
        stack.keeper.keep(child, launch)
        step.done(f"process {child.pid}")


async def _end(stack: Stack) -> None:
    """What came last goes first; the services finish what is in flight, within 10 s."""
    await stack.keeper.release()
    children = stack.keeper.children
    for names in (["front"], SERVICES):
        await asyncio.gather(*(children[name].stop() for name in names if name in children))
