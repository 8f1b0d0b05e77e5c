"""Fixtures for everybody: servers live as long as the run; databases, topics, keys and mails as long as a test."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser

from deploy.key_files import KeyFiles, make_keys
from deploy.local.catcher import Catcher, run_catcher
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from services.auth import hasher
from shared.kafka.settings import KafkaSettings
from shared.portals import Portals, load_portals
from tests.support.chromium import run_chromium
from tests.support.portal_variants import make_portals
from tests.support.portals import DELIVERED
from tests.support.sharing_out import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler
from tests.support.stack import Servers, TestDatabase, clone, kafka_world, make_template, run_servers

# How long an example takes says what else the machine does; and a run that fails fails again for whoever looks.
settings.register_profile("guichet", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("guichet")


@pytest_asyncio.fixture(scope="session")
async def servers(request: pytest.FixtureRequest) -> AsyncIterator[Servers]:
    """Only what this run's tests ask for, started side by side."""
    asked = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    with tempfile.TemporaryDirectory(prefix="guichet-test-") as folder:
        async with run_servers(Path(folder), kafka="kafka" in asked, postgres="postgres" in asked) as started:
            yield started


@pytest_asyncio.fixture(scope="session")
async def kafka(servers: Servers) -> KafkaServer:
    assert servers.kafka
    return servers.kafka


@pytest_asyncio.fixture(scope="session")
async def postgres(servers: Servers) -> PostgresServer:
    assert servers.postgres
    return servers.postgres


@pytest_asyncio.fixture(scope="session")
async def kafka_admin(kafka: KafkaServer) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    yield admin
    await admin.close()


@pytest_asyncio.fixture
async def kafka_settings(kafka: KafkaServer, kafka_admin: AIOKafkaAdminClient) -> AsyncIterator[KafkaSettings]:
    async with kafka_world(kafka.bootstrap, kafka_admin) as settings:
        yield settings


@pytest_asyncio.fixture(scope="session")
async def auth_template(postgres: PostgresServer) -> str:
    return await make_template(postgres, "auth")


@pytest_asyncio.fixture(scope="session")
async def contracts_template(postgres: PostgresServer) -> str:
    return await make_template(postgres, "contracts")


@pytest_asyncio.fixture(scope="session")
async def notifier_template(postgres: PostgresServer) -> str:
    return await make_template(postgres, "notifier")


@pytest_asyncio.fixture
async def auth_database(postgres: PostgresServer, auth_template: str) -> AsyncIterator[TestDatabase]:
    async with clone(postgres, "auth", auth_template) as database:
        yield database


@pytest_asyncio.fixture
async def contracts_database(postgres: PostgresServer, contracts_template: str) -> AsyncIterator[TestDatabase]:
    async with clone(postgres, "contracts", contracts_template) as database:
        yield database


@pytest_asyncio.fixture
async def notifier_database(postgres: PostgresServer, notifier_template: str) -> AsyncIterator[TestDatabase]:
    async with clone(postgres, "notifier", notifier_template) as database:
        yield database


@pytest_asyncio.fixture
async def catcher() -> AsyncIterator[Catcher]:
    async with run_catcher() as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def quick_argon2() -> Iterator[PasswordHasher]:
    """The same function on less memory, for passwords that guard nothing. Gives the real one, which is
    tests/unit/auth/test_hasher.py's, and every process's."""
    real, hasher.ARGON2 = hasher.ARGON2, PasswordHasher(time_cost=1, memory_cost=256, parallelism=1)
    yield real
    hasher.ARGON2 = real


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One for all: each test opens tabs that know nothing of another's."""
    async with run_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def portals_folder() -> Path:
    """The portals as they are delivered."""
    return DELIVERED


@pytest.fixture(scope="session")
def portals(portals_folder: Path) -> Portals:
    """Read once: nothing changes them."""
    return load_portals(portals_folder)


@pytest.fixture(scope="session")
def many_portals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The delivered ones and their variants, for whoever needs a folder of them."""
    return make_portals(tmp_path_factory.mktemp("portals") / "portals")


@pytest.fixture
def key_files(tmp_path: Path) -> KeyFiles:
    return make_keys(tmp_path / "keys")
