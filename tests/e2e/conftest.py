"""Worlds for those who need one of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

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
    contracts_template: str,
    notifier_template: str,
    many_portals: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ground:
    templates = auth_template, contracts_template, notifier_template
    return Ground(kafka, kafka_admin, postgres, *templates, many_portals, tmp_path_factory.mktemp("worlds"))


@pytest_asyncio.fixture(scope="module")
async def world(ground: Ground) -> AsyncIterator[World]:
    """A file's own: what breaks in one of its tests has to work again in the next."""
    async with ground.world() as world:
        yield world
