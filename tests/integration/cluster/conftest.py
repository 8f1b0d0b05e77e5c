"""One broker with an authorizer for all: each test has topics, and so permissions, behind a prefix of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.kafka import KafkaServer
from shared.kafka.admin import open_admin
from shared.kafka.settings import KafkaSettings
from tests.support.guarded import ADMINISTRATOR, as_user, run_guarded
from tests.support.stack import unused_prefix

PRINCIPALS = ("auth", "contracts", "notifier", "reporting", "crm", "stranger")


@pytest_asyncio.fixture(scope="package")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KafkaServer]:
    async with run_guarded(tmp_path_factory.mktemp("guarded"), *PRINCIPALS) as server:
        yield server


@pytest.fixture
def nowhere(guarded: KafkaServer) -> KafkaSettings:
    """The broker, behind a prefix below which there is nothing yet."""
    return as_user(KafkaSettings(guarded.bootstrap, prefix=unused_prefix()), ADMINISTRATOR)


@pytest_asyncio.fixture
async def admin(nowhere: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    async with open_admin(nowhere) as opened:
        yield opened
