"""Relays that share, die, wait for Kafka and are asked to stop: nothing lost, order per key, doubles only in Kafka."""

import asyncio
import signal
import sys
from uuid import UUID

import pytest

from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from shared.db import Database
from shared.doorbell import Doorbell
from shared.events.cloudevents import parse_envelope
from shared.health import Health
from shared.ids import PortalName, new_id
from shared.kafka.settings import KafkaSettings
from shared.outbox import EventTooLarge, Lane, Relay, insert, insert_all, insert_tombstone
from shared.outbox import relay as relay_module
from shared.outbox.publisher import NoSuchTopic
from shared.outbox.shards import SHARD, SHARDS
from shared.process import Role, run_roles
from tests.integration.bus.facts import Log, fact
from tests.support.forked import Forked, start
from tests.support.roles import running
from tests.support.stack import TestDatabase
from tests.support.waiting import PATIENCE, until

KEYS = [new_id() for _ in range(40)]


async def write(db: Database, first: int, last: int, *, lane: Lane = Lane.LIVE) -> None:
    """One fact of each number about each key."""
    async with db.transaction() as tx:
        await insert_all(tx, [fact(key, number) for number in range(first, last + 1) for key in KEYS], lane=lane)


def expected(last: int) -> dict[UUID, list[int]]:
    return {key: [*range(1, last + 1)] for key in KEYS}


async def test_two_relays_share_the_keys_and_keep_their_order(
    auth_database: TestDatabase, kafka_settings: KafkaSettings, db: Database, log: Log
):
    def relay(source: str) -> Relay:
        doorbell = Doorbell(auth_database.url)
        return Relay(auth_database.url, kafka_settings, source=source, doorbell=doorbell, health=Health())

    async with running(relay("/guichet/one").run), running(relay("/guichet/two").run):
        await until(lambda: shards_by_relay(db, 2))
        for number in range(1, 21):
            await write(db, number, number)
        await until(lambda: emptied(db))

    assert await log.numbers() == expected(20)
    sources = [parse_envelope(record.headers).source for record in await log.read()]
    assert min(sources.count("/guichet/one"), sources.count("/guichet/two")) > len(sources) / 10


@pytest.mark.parametrize("point", ["relay.after_fetch", "relay.after_produce", "relay.after_ack"])
async def test_a_relay_killed_in_the_middle_of_a_batch_loses_nothing_and_the_other_goes_on(
    point: str, auth_database: TestDatabase, kafka_settings: KafkaSettings, db: Database, relay: Relay, log: Log
):
    await write(db, 1, 50)

    killed = await relay_in_a_process(auth_database.url, kafka_settings, fault=f"{point}:2")
    assert await killed.wait() == -9
    async with running(relay.run):
        await write(db, 51, 60)
        await until(lambda: emptied(db))

    assert await log.numbers() == expected(60)


async def test_kafka_down_keeps_all_rows_says_so_and_goes_on_in_order_when_it_is_back(
    auth_database: TestDatabase,
    kafka_settings: KafkaSettings,
    db: Database,
    relay: Relay,
    health: Health,
    kafka: KafkaServer,
    log: Log,
):
    stop = asyncio.Event()
    process = asyncio.create_task(run_roles([Role("relay", relay.run, settles_in=None)], stop, health))
    try:
        await write(db, 1, 1)
        await until(lambda: emptied(db))
        await kafka.stop()
        for number in (2, 3):
            await write(db, number, number)
        await until(lambda: health.verdict == "degraded")
        await starts_without_kafka_and_ends_when_asked(auth_database.url, kafka_settings)
        assert await db.fetchval("select count(*) from outbox") == 2 * len(KEYS)
        await kafka.start()
        await until(lambda: emptied(db))
        await until(lambda: health.verdict == "ready")
    finally:
        stop.set()
        await process

    assert await log.numbers() == expected(3)


async def starts_without_kafka_and_ends_when_asked(url: str, kafka: KafkaSettings) -> None:
    health, stop = Health(), asyncio.Event()
    relay = Relay(url, kafka, source="/guichet/auth", doorbell=Doorbell(url), health=health)
    process = asyncio.create_task(run_roles([Role("relay", relay.run, settles_in=None)], stop, health))
    await until(lambda: f"{kafka.servers}: [Errno 111]" in str(health.snapshot()))
    stop.set()
    await asyncio.wait_for(process, PATIENCE)


async def test_a_broker_that_hangs_costs_a_producer_and_nothing_else(
    db: Database, relay: Relay, health: Health, kafka: KafkaServer, log: Log
):
    stop = asyncio.Event()
    process = asyncio.create_task(run_roles([Role("relay", relay.run, settles_in=None)], stop, health))
    try:
        await write(db, 1, 1)
        await until(lambda: emptied(db))
        kafka.child.process.send_signal(signal.SIGSTOP)
        try:
            await write(db, 2, 2)
            await until(lambda: "NotAcknowledged" in str(health.snapshot()))
            await write(db, 3, 3)
        finally:
            kafka.child.process.send_signal(signal.SIGCONT)
        await until(lambda: emptied(db))
        await until(lambda: health.verdict == "ready")
    finally:
        stop.set()
        await process

    assert await log.numbers() == expected(3)


async def test_a_relay_outlives_its_database(
    db: Database, relay: Relay, health: Health, postgres: PostgresServer, log: Log
):
    stop = asyncio.Event()
    process = asyncio.create_task(run_roles([Role("relay", relay.run, settles_in=None)], stop, health))
    try:
        await write(db, 1, 1)
        await until(lambda: emptied(db))
        await postgres.stop()
        await until(lambda: health.verdict == "degraded")
        await postgres.start()
        await until(lambda: health.verdict == "ready")
        await write(db, 2, 2)
        await until(lambda: emptied(db))
    finally:
        stop.set()
        await process

    assert await log.numbers() == expected(2)


async def test_a_topic_that_is_not_there_is_named(
    auth_database: TestDatabase, kafka: KafkaServer, db: Database, health: Health, doorbell: Doorbell
):
    elsewhere = KafkaSettings(servers=kafka.bootstrap, prefix="nowhere.")
    relay = Relay(auth_database.url, elsewhere, source="/guichet/auth", doorbell=doorbell, health=health)
    await write(db, 1, 1)

    with pytest.raises(NoSuchTopic, match=r"nowhere\.guichet\.accounts"):
        await relay.run(asyncio.Event())
    assert not await emptied(db)


async def test_a_relay_that_is_asked_to_stop_finishes_its_batch_and_doubles_nothing(
    db: Database, relay: Relay, log: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(relay_module.BATCH, Lane.LIVE, 20)
    await write(db, 1, 200)
    async with running(relay.run):
        await until(lambda: left_of(db, 200 * len(KEYS)))
    left = int(await db.fetchval("select count(*) from outbox"))
    async with running(relay.run):
        await until(lambda: emptied(db))

    records = await log.read()
    assert len(records) == 200 * len(KEYS) > left > 0
    assert await log.numbers() == expected(200)


async def test_a_ring_wakes_the_relays_of_this_process_and_of_others(
    auth_database: TestDatabase,
    kafka_settings: KafkaSettings,
    db: Database,
    relay: Relay,
    doorbell: Doorbell,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(relay_module, "POLL", 3600.0)
    elsewhere = Doorbell(auth_database.url)
    async with running(doorbell.run), running(elsewhere.run), running(relay.run):
        await until(lambda: shards_by_relay(db, 1))
        for number, rung in enumerate((doorbell, elsewhere, doorbell), start=1):
            await until(lambda rung=rung: rung.pid)
            await write(db, number, number)
            rung.ring()
            await until(lambda: emptied(db))
        doorbell.heard.set()  # lets it see that it is to stop

    assert await log.numbers() == expected(3)


async def test_what_travels_beside_the_fact(db: Database, relay: Relay, log: Log):
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"
    key, event_id = new_id(), new_id()
    async with db.transaction() as tx:
        await insert(tx, fact(key, 1), event_id=event_id, traceparent=trace)
        begun = tx.now
        written = await tx.fetchval("select occurred_at from outbox where id = $1", event_id)
    async with running(relay.run):
        await until(lambda: emptied(db))

    (record,) = await log.read()
    envelope = parse_envelope(record.headers)
    assert (envelope.id, envelope.source, envelope.traceparent) == (event_id, "/guichet/auth", trace)
    assert (envelope.subject, envelope.portal, envelope.time) == (str(key), "egec", written)
    assert written > begun, "dated when its key was held, not when the transaction began to wait for it"
    assert dict(record.headers)["content-type"] == b"application/json"


async def test_a_tombstone_has_a_null_value(db: Database, relay: Relay, log: Log):
    key = new_id()
    kind = type(fact(key, 1))
    async with db.transaction() as tx:
        await insert_tombstone(tx, kind, key, PortalName("egec"))
    async with running(relay.run):
        await until(lambda: emptied(db))

    (record,) = await log.read()
    envelope = parse_envelope(record.headers)
    assert record.value is None
    assert (record.key, envelope.subject, envelope.portal) == (str(key).encode(), str(key), "egec")
    assert envelope.type == kind.type


async def test_an_event_of_a_mebibyte_is_refused_at_the_outbox(db: Database):
    with pytest.raises(EventTooLarge, match="at most 262144 can be published"):
        async with db.transaction() as tx:
            await insert(tx, fact(new_id(), 1, sealed="x" * 1024 * 1024))

    assert await emptied(db)


async def left_of(db: Database, rows: int) -> bool:
    """Whether some of them are gone."""
    return int(await db.fetchval("select count(*) from outbox")) < rows


async def emptied(db: Database) -> bool:
    return not await db.fetchval("select exists (select from outbox)")


async def shards_by_relay(db: Database, relays: int) -> bool:
    """Whether that many relays hold all shards among them, in equal parts."""
    query = """
        select count(*) as held
          from pg_locks
         where locktype = 'advisory' and classid = $1::bigint::oid and granted
           and database = (select oid from pg_database where datname = current_database())
         group by pid
    """
    return [row["held"] for row in await db.fetch(query, SHARD)] == [SHARDS // relays] * relays


async def relay_in_a_process(url: str, kafka: KafkaSettings, *, fault: str) -> Forked:
    return await start(__file__, (url, kafka.servers, kafka.prefix, fault), {})


async def main(url: str, servers: str, prefix: str, fault: str) -> None:
    from shared import faults

    faults.arm(fault)
    kafka = KafkaSettings(servers=servers, prefix=prefix)
    doorbell = Doorbell(url)
    await Relay(url, kafka, source="/guichet/auth", doorbell=doorbell, health=Health()).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
