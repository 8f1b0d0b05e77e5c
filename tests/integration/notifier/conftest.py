"""A notifier without Kafka: facts are handed to its inbox's handler, mails go to a server the test scripts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.key_files import KeyFiles
from services.notifier.deps import Deps
from services.notifier.smtp_server import parse_smtp_url
from shared.db import open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.keys import KeyFile
from shared.portals import Portals
from shared.sealing import Opener, Sealer
from tests.integration.notifier.desk import QUICK, Desk
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.stack import TestDatabase


@pytest_asyncio.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with run_smtp_server(SmtpServer()) as running:
        yield running


@pytest_asyncio.fixture
async def deps(
    notifier_database: TestDatabase, key_files: KeyFiles, portals: Portals, server: SmtpServer
) -> AsyncIterator[Deps]:
    async with open_database(notifier_database.url) as db:
        yield Deps(
            db=db,
            portals=portals,
            opener=Opener(KeyFile(key_files.seal_private)),
            token_keys=KeyFile(key_files.token_public),
            smtp=parse_smtp_url(server.url),
            doorbell=Doorbell(notifier_database.url),
            due=Doorbell(notifier_database.url, "deliveries"),
            health=Health(),
            pace=QUICK,
        )


@pytest.fixture
def desk(deps: Deps, key_files: KeyFiles) -> Desk:
    return Desk(deps, Sealer(KeyFile(key_files.seal_public)))
