"""Rows of the outbox in any number, as large as those that carry a sealed password."""

import time

import asyncpg

from benchmarks.backlog import new_passwords
from benchmarks.world import World
from shared.events import Event
from shared.ids import AccountId, new_id
from shared.telemetry.traces import current_traceparent

CHUNK = 50_000

INSERT = """
    insert into outbox (id, aggregatetype, aggregateid, type, payload, lane, portal, traceparent)
    select uuidv7(), $2, uuidv7(), $3, $4, 0, $5, $6 from generate_series(1, $1)
"""
DELETE = "delete from outbox where lane = 0 and seq > $1"


def sample(world: World) -> Event:
    """One of the largest facts there are."""
    return next(iter(new_passwords(world, [AccountId(new_id())], generation=time.time_ns() // 1_000_000)))[1]


async def insert_rows(database: asyncpg.Connection, event: Event, count: int) -> float:
    """Each row with a key of its own, all committed together; when that was, by `time.perf_counter`."""
    values = (event.topic.value, event.type, event.payload, event.portal, current_traceparent())
    await database.execute(INSERT, count, *values)
    return time.perf_counter()


async def deliver_without_kafka(database: asyncpg.Connection, event: Event, count: int) -> None:
    """Rows come and go as if they had been delivered, and leave behind in the table what delivered ones leave."""
    for _ in range(count // CHUNK):
        before = await database.fetchval("select last_value from outbox_seq_seq")
        await insert_rows(database, event, CHUNK)
        await database.execute(DELETE, before)
