"""A consumer that its group knows by name: dead, it is not missed if it comes back; asked to end, it makes way."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import UUID

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.errors import KafkaConnectionError

from shared.db import Database, open_database
from shared.events import Topic
from shared.ids import new_id
from shared.inbox import consumer
from shared.kafka.settings import KafkaSettings
from tests.integration.bus.effects import Effects, consuming, inbox
from tests.integration.bus.facts import Writer, fact, make_again, open_writer
from tests.support.forked import start
from tests.support.roles import running
from tests.support.stack import PARTITIONS, TestDatabase
from tests.support.waiting import until

NAME = "a-host"
NEVER = 600_000  # milliseconds until a group misses a member: longer than a test


@pytest.fixture(autouse=True)
def patient_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "SESSION_MS", NEVER)


async def test_one_that_died_and_comes_back_under_its_name_goes_on_with_its_partitions(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, auth_database: TestDatabase
):
    keys = [new_id() for _ in range(5)]
    for key in keys:
        await writer.write(fact(key, 1))
    await die(auth_database.url, kafka_settings)

    async with consuming(db, kafka_settings, effects, instance=NAME):
        for key in keys:
            await until(lambda key=key: numbers(effects, key, [1]))


async def test_one_that_is_asked_to_end_leaves_its_partitions_to_others(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    keys = [new_id() for _ in range(5)]
    async with AsyncExitStack() as leaving, consuming(db, kafka_settings, effects, instance="another-host"):
        await leaving.enter_async_context(consuming(db, kafka_settings, effects, instance=NAME))
        for key in keys:
            await writer.write(fact(key, 1))
        for key in keys:
            await until(lambda key=key: numbers(effects, key, [1]))
        await leaving.aclose()

        for key in keys:
            await writer.write(fact(key, 2))
        for key in keys:
            await until(lambda key=key: numbers(effects, key, [1, 2]))


@pytest_asyncio.fixture
async def returned(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, auth_database: TestDatabase
) -> AsyncIterator[None]:
    """One that led its group, died and is back."""
    await writer.write(fact(new_id(), 1))
    await die(auth_database.url, kafka_settings)
    async with consuming(db, kafka_settings, effects, instance=NAME):
        await until(effects.count)
        yield


async def test_one_that_led_its_group_and_comes_back_reads_a_topic_that_is_deleted_and_made_again(
    returned: None, kafka_settings: KafkaSettings, kafka_admin: AIOKafkaAdminClient, effects: Effects
):
    keys = [new_id() for _ in range(5)]
    await make_again(kafka_admin, kafka_settings.topic(Topic.ACCOUNTS))
    async with open_writer(kafka_settings) as anew:
        for key in keys:
            await anew.write(fact(key, 1))
    for key in keys:
        await until(lambda key=key: numbers(effects, key, [1]))


async def test_one_that_led_its_group_and_comes_back_reads_partitions_that_are_added(
    returned: None, db: Database, kafka_settings: KafkaSettings, kafka_admin: AIOKafkaAdminClient
):
    await kafka_admin.create_partitions({kafka_settings.topic(Topic.ACCOUNTS): NewPartitions(PARTITIONS + 1)})
    await until(lambda: db.fetchval("select true from inbox_offsets where partition = $1", PARTITIONS))


async def test_one_that_does_not_reach_kafka_says_so(db: Database, kafka_settings: KafkaSettings, effects: Effects):
    nowhere = replace(kafka_settings, servers="127.0.0.1:1")
    with pytest.raises(KafkaConnectionError, match=r"127.0.0.1:1: \[Errno 111\]"):
        await inbox(db, nowhere, effects, instance=NAME).run(asyncio.Event())


async def numbers(effects: Effects, key: UUID, wanted: list[int]) -> bool:
    return await effects.numbers(key) == wanted


async def die(url: str, kafka: KafkaSettings) -> None:
    """A member of this name dies while it handles what it was given."""
    process = await start(__file__, (url, kafka.servers, kafka.prefix), {})
    assert await process.wait() == -9


async def main(url: str, servers: str, prefix: str) -> None:
    from shared import faults

    consumer.SESSION_MS = NEVER
    faults.arm("inbox.after_poll")
    async with open_database(url) as db:
        kafka = KafkaSettings(servers=servers, prefix=prefix)
        async with running(inbox(db, kafka, Effects(db), instance=NAME).run):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
