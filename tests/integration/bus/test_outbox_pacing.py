"""Bulk rows go as fast as the consumers in a hurry read them, and wait for nobody else."""

from collections.abc import Mapping

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.db import Database
from shared.doorbell import Doorbell
from shared.events import Topic
from shared.health import Health
from shared.ids import new_id
from shared.kafka.settings import KafkaSettings
from shared.outbox import Lane, Relay, insert, insert_all, pacing
from shared.outbox import relay as relay_module
from tests.integration.bus.facts import Log, fact
from tests.support.roles import running
from tests.support.stack import PARTITIONS, TestDatabase
from tests.support.waiting import until

READER = "reader"
ROWS = 2_000
AHEAD, BATCH = 200, 50


@pytest.fixture
def paced(
    auth_database: TestDatabase,
    kafka_settings: KafkaSettings,
    doorbell: Doorbell,
    health: Health,
    monkeypatch: pytest.MonkeyPatch,
) -> Relay:
    monkeypatch.setattr(pacing, "AHEAD", AHEAD)
    monkeypatch.setitem(relay_module.BATCH, Lane.BULK, BATCH)
    return Relay(
        auth_database.url,
        kafka_settings,
        source="/guichet/auth",
        doorbell=doorbell,
        health=health,
        paced_by=["unheard-of", READER],
    )


async def test_bulk_rows_wait_for_who_reads_them_while_live_rows_go(
    db: Database, kafka_settings: KafkaSettings, paced: Relay, log: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pacing, "PATIENCE", 3600.0)
    await has_read(kafka_settings, dict.fromkeys(range(PARTITIONS), 0))
    await write_bulk(db)
    person = new_id()

    async with running(paced.run):
        await until(lambda: at_least(log, AHEAD))
        async with db.transaction() as tx:
            await insert(tx, fact(person, 1))
        await until(lambda: has(log, person))
        assert len(await log.read()) <= AHEAD + BATCH + 1

        while len(await log.read()) < ROWS + 1:
            there = len(log.records)
            await has_read(kafka_settings, ends(log))
            await until(lambda there=there: at_least(log, there + 1))


async def test_a_reader_that_is_away_delays_an_import_and_does_not_stop_it(
    db: Database, kafka_settings: KafkaSettings, paced: Relay, log: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pacing, "PATIENCE", 0.01)
    await has_read(kafka_settings, dict.fromkeys(range(PARTITIONS), 0))
    await write_bulk(db)
    async with running(paced.run):
        await until(lambda: at_least(log, ROWS))


async def test_a_reader_that_never_read_anything_delays_nothing(
    db: Database, paced: Relay, log: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pacing, "PATIENCE", 3600.0)
    await write_bulk(db)
    async with running(paced.run):
        await until(lambda: at_least(log, ROWS))


async def write_bulk(db: Database) -> None:
    async with db.transaction() as tx:
        await insert_all(tx, [fact(new_id(), 1) for _ in range(ROWS)], lane=Lane.BULK)


async def has_read(kafka: KafkaSettings, offsets: Mapping[int, int]) -> None:
    topic = kafka.topic(Topic.ACCOUNTS)
    places = {TopicPartition(topic, partition): offset for partition, offset in offsets.items()}
    async with AIOKafkaConsumer(
        **kafka.connection(), group_id=kafka.group(READER), enable_auto_commit=False
    ) as consumer:
        consumer.assign(list(places))
        await consumer.commit(places)


def ends(log: Log) -> Mapping[int, int]:
    return {record.partition: record.offset + 1 for record in log.records}


async def at_least(log: Log, rows: int) -> bool:
    return len(await log.read()) >= rows


async def has(log: Log, key: object) -> bool:
    return any(record.key == str(key).encode() for record in await log.read())
