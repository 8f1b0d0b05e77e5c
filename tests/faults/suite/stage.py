"""Both services as processes over real servers, one role of one of them in a process of its own that may die."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.ports import free_port
from tests.faults.suite.feed import Feed
from tests.faults.suite.ledger import Kill
from tests.faults.suite.points import Row
from tests.support.ground import Ground
from tests.support.portal_variants import make_portals
from tests.support.running import AsProcess
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.stack import SERVICES, make_template, run_servers
from tests.support.waiting import until
from tests.support.world import World

PORTAL = "tireless"
ROLES = {"auth": ("api", "relay"), "notifier": ("consumer", "deliverer", "relay")}
AT_REST_WITHIN = 75.0  # seconds: a lease lasts 30, a claim 60


@dataclass
class Stage:
    """`victim` is the process that is killed, and is not running yet; `others` are the rest."""

    world: World
    smtp: SmtpServer
    feed: Feed
    others: tuple[AsProcess, AsProcess]
    victim: AsProcess | None = None
    kills: list[Kill] = field(default_factory=list)

    async def at_rest(self, within: float = AT_REST_WITHIN) -> float:
        """Seconds until every ask was answered, every fact carried and every delivery was at its end.

        Raises AssertionError where that takes longer.
        """
        begun = time.monotonic()

        async def over() -> bool:
            await self.feed.ask_again()
            return not self.feed.unanswered and await self._nothing_waits()

        await until(over, within)
        return time.monotonic() - begun

    async def _nothing_waits(self) -> bool:
        if not await self.world.outbox_empty():
            return False
        ((committed,),) = await self.world.in_auth("select count(*) from audit where action = 'activation_asked'")
        ((made, waiting, told),) = await self.world.in_notifier(
            "select count(*), count(due_at), (select count(*) from outbox) from deliveries"
        )
        return (made, waiting, told) == (committed, 0, 0)


@asynccontextmanager
async def open_stage(ground: Ground, row: Row | None = None, customers: int = 100) -> AsyncIterator[Stage]:
    roles = {
        service: tuple(role for role in each if not (row and (service, role) == (row.service, row.role)))
        for service, each in ROLES.items()
    }
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(run_smtp_server(SmtpServer()))
        opened = ground.world(
            processes=True, smtp_port=smtp.port, auth_roles=roles["auth"], notifier_roles=roles["notifier"]
        )
        world = await stack.enter_async_context(opened)
        assert isinstance(world.auth, AsProcess)
        assert isinstance(world.notifier, AsProcess)
        victim = None
        if row is not None:
            environment = {
                **(world.auth if row.service == "auth" else world.notifier).environment,
                "GUICHET_ADMIN_PORT": str(free_port()),
            }
            victim = AsProcess(row.service, environment, [row.role], folder=world.folder / "victim")
            stack.push_async_callback(victim.stop)
        feed = await _feed(world, customers, victim if row and row.role == "api" else None)
        yield Stage(world, smtp, feed, (world.auth, world.notifier), victim)


async def _feed(world: World, customers: int, api: AsProcess | None) -> Feed:
    """Everybody in the customer file."""
    portal = world.portal(PORTAL)
    if api:
        await api.start()
    await world.desk.token()
    made = await asyncio.gather(*(portal.customer() for _ in range(customers)))
    if api:
        await api.stop()
    return Feed(portal, made)


@asynccontextmanager
async def open_ground(folder: Path) -> AsyncIterator[Ground]:
    """Servers of its own, as long as the block lasts."""
    async with run_servers(folder, kafka=True, postgres=True) as servers:
        assert servers.kafka
        assert servers.postgres
        admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka.bootstrap)
        await admin.start()
        try:
            templates = [await make_template(servers.postgres, service) for service in SERVICES]
            portals = make_portals(folder / "portals")
            yield Ground(servers.kafka, admin, servers.postgres, *templates, portals, folder / "worlds")
        finally:
            await admin.close()
