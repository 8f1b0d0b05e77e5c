"""Where a consumer reads on: where its table says, whatever Kafka remembers and whoever was away."""

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from shared.db import Database, open_database
from shared.events import Topic
from shared.health import Health
from shared.ids import new_id
from shared.inbox import Received, caught_up
from shared.inbox.progress import LAG
from shared.kafka.settings import KafkaSettings
from shared.process import Role, run_roles
from tests.integration.bus.effects import CONSUMER, Effects, consuming, inbox
from tests.integration.bus.facts import Writer, fact, make_again, open_writer
from tests.support.forked import start
from tests.support.roles import running
from tests.support.stack import TestDatabase
from tests.support.waiting import until


async def test_offsets_that_kafka_remembers_further_on_make_it_skip_nothing(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    key = new_id()
    for number in range(1, 6):
        await writer.write(fact(key, number))
    await commit_to_kafka(kafka_settings, 5)

    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 5))


async def test_a_database_put_back_to_an_earlier_time_gets_everything_since_then(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    key = new_id()
    for number in range(1, 6):
        await writer.write(fact(key, number))
    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 5))
    await db.execute("delete from effects where number > 2")
    await db.execute("delete from inbox where event_id not in (select event_id from inbox order by event_id limit 2)")
    await db.execute("update inbox_offsets set next_offset = 2 where next_offset = 5")

    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 5))


async def test_a_topic_deleted_and_made_again_is_read_from_its_beginning(
    db: Database,
    kafka_settings: KafkaSettings,
    kafka_admin: AIOKafkaAdminClient,
    effects: Effects,
    health: Health,
):
    key = new_id()
    async with consuming(db, kafka_settings, effects, health):
        async with open_writer(kafka_settings) as writer:
            for number in range(1, 6):
                await writer.write(fact(key, number))
        await until(lambda: at(effects, key, 5))
        await make_again(kafka_admin, kafka_settings.topic(Topic.ACCOUNTS))
        async with open_writer(kafka_settings) as writer:
            await writer.write(fact(key, 6))
        await until(lambda: at(effects, key, 6))
        await until(lambda: caught_up(db, CONSUMER))
        assert "deleted and made again" in str(health.snapshot())


async def test_a_topic_made_again_while_nobody_consumed_is_read_from_its_beginning_with_single_effects(
    db: Database, kafka_settings: KafkaSettings, kafka_admin: AIOKafkaAdminClient, effects: Effects
):
    key = new_id()
    async with open_writer(kafka_settings) as writer:
        ids = [await writer.write(fact(key, number)) for number in range(1, 6)]
    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 5))
    await make_again(kafka_admin, kafka_settings.topic(Topic.ACCOUNTS))
    async with open_writer(kafka_settings) as writer:
        await writer.write(fact(key, 5), event_id=ids[4])  # as a relay that could not delete its row
        await writer.write(fact(key, 6))

    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 6))
        await until(lambda: caught_up(db, CONSUMER))


async def test_a_topic_made_again_that_has_grown_longer_than_it_was_is_read_from_its_beginning(
    db: Database, kafka_settings: KafkaSettings, kafka_admin: AIOKafkaAdminClient, effects: Effects, health: Health
):
    key = new_id()
    async with open_writer(kafka_settings) as writer:
        await writer.write(fact(key, 1))
        await writer.write(fact(key, 2))
    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 2))
    await make_again(kafka_admin, kafka_settings.topic(Topic.ACCOUNTS))
    async with open_writer(kafka_settings) as writer:
        for number in range(3, 8):
            await writer.write(fact(key, number))

    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, 7))
    async with consuming(db, kafka_settings, effects, health):
        await until(lambda: caught_up(db, CONSUMER))
        assert health.verdict == "ready", "once is enough"


async def test_two_consumers_share_the_work_and_one_that_leaves_is_replaced_with_single_effects(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    keys = [new_id() for _ in range(5)]
    async with consuming(db, kafka_settings, effects):
        for number in range(1, 11):
            async with AsyncExitStack() as second:
                if number == 5:  # joins and leaves: partitions change hands twice
                    await second.enter_async_context(consuming(db, kafka_settings, effects))
                for key in keys:
                    await writer.write(fact(key, number))
        for key in keys:
            await until(lambda key=key: at(effects, key, 10))


async def test_a_database_that_stops_stops_the_consumer_and_nothing_is_skipped(
    db: Database,
    kafka_settings: KafkaSettings,
    writer: Writer,
    effects: Effects,
    health: Health,
    postgres: PostgresServer,
):
    key = new_id()
    async with consuming(db, kafka_settings, effects, health):
        await writer.write(fact(key, 1))
        await until(lambda: at(effects, key, 1))
        await postgres.stop()
        try:
            for number in range(2, 6):
                await writer.write(fact(key, number))
            await until(lambda: health.verdict == "degraded")
        finally:
            await postgres.start()
        await until(lambda: at(effects, key, 5))
        await until(lambda: health.verdict == "ready")


async def test_a_consumer_that_starts_without_a_database_begins_when_it_is_there(
    db: Database,
    kafka_settings: KafkaSettings,
    writer: Writer,
    effects: Effects,
    health: Health,
    postgres: PostgresServer,
):
    key = new_id()
    await writer.write(fact(key, 1))
    await postgres.stop()
    async with consuming(db, kafka_settings, effects, health):
        try:
            await until(lambda: health.verdict == "degraded")
        finally:
            await postgres.start()
        await until(lambda: at(effects, key, 1))


async def test_a_consumer_outlives_its_broker_and_one_that_starts_without_waits_for_it(
    db: Database, kafka_settings: KafkaSettings, effects: Effects, kafka: KafkaServer
):
    consumers = [effects, Effects(db, consumer="late")]
    healths = [Health(), Health()]
    key, stop = new_id(), asyncio.Event()

    def start(number: int) -> Coroutine[Any, Any, None]:
        run = inbox(db, kafka_settings, consumers[number], healths[number]).run
        return run_roles([Role("consumer", run, settles_in=None)], stop, healths[number])

    async with asyncio.TaskGroup() as roles:
        roles.create_task(start(0))
        async with open_writer(kafka_settings) as writer:
            await writer.write(fact(key, 1))
        await until(lambda: at(effects, key, 1))
        await kafka.stop()
        roles.create_task(start(1))
        await until(lambda: all(health.verdict == "degraded" for health in healths))
        await kafka.start()
        async with open_writer(kafka_settings) as writer:
            await writer.write(fact(key, 2))
        for each in consumers:
            await until(lambda each=each: at(each, key, 2))
        await until(lambda: all(health.verdict == "ready" for health in healths))
        stop.set()


async def test_caught_up_is_known_only_while_a_consumer_stands_at_the_end(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    assert not await caught_up(db, CONSUMER)
    await writer.write(fact(new_id(), 1))
    seen_before_effects = []

    async def remember() -> None:
        seen_before_effects.append(await caught_up(db, CONSUMER) and not await effects.count())

    async with consuming(db, kafka_settings, effects):
        while not await caught_up(db, CONSUMER):
            await remember()
        await db.execute("update inbox_offsets set caught_up_at = caught_up_at - interval '4 seconds'")
        await until(lambda: caught_up(db, CONSUMER))
    await db.execute("update inbox_offsets set caught_up_at = caught_up_at - interval '4 seconds'")

    assert not any(seen_before_effects)
    assert not await caught_up(db, CONSUMER)


async def test_while_a_batch_hangs_it_is_told_how_much_waits_and_that_kafka_is_not_to_blame(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, health: Health
):
    keys = [new_id() for _ in range(20)]
    async with consuming(db, kafka_settings, effects, health):
        await until(lambda: health.verdict == "ready")
        async with db.transaction() as tx:
            await tx.execute("lock table effects in exclusive mode")
            for key in keys:
                await writer.write(fact(key, 1))
            await until(lambda: lag() == len(keys))
            await until(lambda: "something is locked" in str(health.snapshot()))
        await until(lambda: health.verdict == "ready" and lag() == 0)


async def test_a_consumer_that_is_asked_to_stop_finishes_the_batch_under_way(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    key, begun = new_id(), asyncio.Event()

    def before(_: Received) -> None:
        begun.set()

    effects.before = before
    await writer.write(fact(key, 1))
    async with consuming(db, kafka_settings, effects):
        await begun.wait()

    assert await effects.numbers(key) == [1]
    assert await db.fetchval("select sum(next_offset) from inbox_offsets") == 1


async def test_a_consumer_killed_at_any_point_leaves_single_effects(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, auth_database: TestDatabase
):
    keys = [new_id() for _ in range(3)]
    for number in range(1, 11):
        for key in keys:
            await writer.write(fact(key, number))

    async def kill_and_go_on(point: str) -> None:
        of_point = Effects(db, consumer=point)
        assert await consume_in_a_process(auth_database.url, kafka_settings, fault=point) == -9
        async with consuming(db, kafka_settings, of_point):  # once the group has noticed the death, after 10 s
            for key in keys:
                await until(lambda key=key: at(of_point, key, 10))

    points = ("inbox.after_poll", "inbox.after_insert", "inbox.after_commit")
    await asyncio.gather(*(kill_and_go_on(point) for point in points))


async def consume_in_a_process(url: str, kafka: KafkaSettings, *, fault: str) -> int:
    process = await start(__file__, (url, kafka.servers, kafka.prefix, fault), {})
    return await process.wait()


async def commit_to_kafka(kafka: KafkaSettings, offset: int) -> None:
    consumer = AIOKafkaConsumer(**kafka.connection(), group_id=kafka.group(CONSUMER), enable_auto_commit=False)
    await consumer.start()
    try:
        partition = TopicPartition(kafka.topic(Topic.ACCOUNTS), 0)
        consumer.assign([partition])
        await consumer.commit({partition: offset})
    finally:
        await consumer.stop()


def lag() -> float:
    """As who watches sums it up."""
    return sum(sample.value for sample in LAG.collect()[0].samples)


async def at(effects: Effects, key: UUID, number: int) -> bool:
    return await effects.numbers(key) == [*range(1, number + 1)]


async def main(url: str, servers: str, prefix: str, fault: str) -> None:
    from shared import faults

    faults.arm(fault)
    async with open_database(url) as db:
        kafka = KafkaSettings(servers=servers, prefix=prefix)
        async with running(inbox(db, kafka, Effects(db, consumer=fault)).run):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
