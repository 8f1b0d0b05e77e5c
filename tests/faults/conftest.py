"""A world of processes to be killed, and a mail server that sees what each of them did."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from deploy.local.ports import free_port
from tests.e2e.conftest import ground as ground
from tests.support.ground import Ground
from tests.support.running import AsProcess
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Mortal:
    """The notifier in two processes, as when it has grown: a consumer that is killed is missed by Kafka for ten
    seconds, a deliverer by nobody."""

    world: World
    smtp: SmtpServer
    auth: AsProcess
    consumer: AsProcess
    deliverer: AsProcess

    async def revive(self) -> None:
        for service in (self.auth, self.consumer, self.deliverer):
            if not service.running:
                await service.start()


@pytest_asyncio.fixture
async def mortal(lasting: Mortal) -> Mortal:
    """Everybody alive: one test's dead are not the next one's."""
    await lasting.revive()
    return lasting


@pytest_asyncio.fixture(scope="package")
async def lasting(ground: Ground) -> AsyncIterator[Mortal]:
    async with (
        run_smtp_server(SmtpServer()) as smtp,
        ground.world(processes=True, notifier_roles=("consumer", "relay"), smtp_port=smtp.port) as world,
    ):
        assert isinstance(world.auth, AsProcess)
        assert isinstance(world.notifier, AsProcess)
        environment = {**world.notifier.environment, "GUICHET_ADMIN_PORT": str(free_port())}
        deliverer = AsProcess("notifier", environment, ["deliverer"], folder=world.folder / "deliverer")
        await deliverer.start()
        try:
            yield Mortal(world, smtp, world.auth, world.notifier, deliverer)
        finally:
            await deliverer.stop()
