"""Worlds: one shared by tests that leave each other alone, and one of its own for a test that breaks something."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from tests.support.ground import Ground
from tests.support.world import World


@pytest.fixture(scope="session")
def ground(
    kafka: KafkaServer,
    kafka_admin: AIOKafkaAdminClient,
    postgres: PostgresServer,
    auth_template: str,
    notifier_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ground:
    return Ground(kafka, kafka_admin, postgres, auth_template, notifier_template, tmp_path_factory.mktemp("worlds"))


@pytest_asyncio.fixture
async def world(ground: Ground) -> AsyncIterator[World]:
    """This test's own."""
    async with ground.world() as world:
        yield world
