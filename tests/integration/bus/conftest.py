"""A database, a broker and the roles between them, anew for each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.db import Database, open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.kafka.settings import KafkaSettings
from shared.outbox import Relay
from tests.integration.bus.effects import TABLE, Effects
from tests.integration.bus.facts import Log, Writer, open_log, open_writer
from tests.support.stack import TestDatabase


@pytest_asyncio.fixture
async def db(auth_database: TestDatabase) -> AsyncIterator[Database]:
    async with open_database(auth_database.url) as opened:
        yield opened


@pytest_asyncio.fixture
async def log(kafka_settings: KafkaSettings) -> AsyncIterator[Log]:
    async with open_log(kafka_settings) as opened:
        yield opened


@pytest_asyncio.fixture
async def writer(kafka_settings: KafkaSettings) -> AsyncIterator[Writer]:
    async with open_writer(kafka_settings) as opened:
        yield opened


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def doorbell(auth_database: TestDatabase) -> Doorbell:
    return Doorbell(auth_database.url)


@pytest.fixture
def relay(auth_database: TestDatabase, kafka_settings: KafkaSettings, doorbell: Doorbell, health: Health) -> Relay:
    return Relay(auth_database.url, kafka_settings, source="/guichet/auth", doorbell=doorbell, health=health)


@pytest_asyncio.fixture
async def effects(db: Database, auth_database: TestDatabase) -> Effects:
    async with open_database(auth_database.owner_url) as owner:
        await owner.execute(TABLE)
    return Effects(db)
