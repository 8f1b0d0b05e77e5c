"""Order per key: whatever commits when, and whichever lane it takes."""

import asyncio
import random
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest

from shared.db import Database
from shared.ids import new_id
from shared.outbox import Lane, Relay, insert, insert_all, scan
from tests.integration.bus.facts import Log, fact, lock, number_of
from tests.support.roles import running
from tests.support.stack import TestDatabase
from tests.support.waiting import until


async def commit(db: Database, key: UUID, number: int) -> None:
    async with db.transaction() as tx:
        await lock(tx, key)
        await insert(tx, fact(key, number))


async def test_a_row_that_commits_late_is_not_overtaken_by_the_next_of_its_key(
    db: Database, relay: Relay, log: Log, monkeypatch: pytest.MonkeyPatch
):
    """The counterexample: the late row's seq lies far below the newest one taken when its key's next row is found."""
    monkeypatch.setattr(scan, "TRAIL", 0)
    monkeypatch.setattr(scan, "LOOK_BACK", 3600.0)  # so that only its key can lead to the late row
    late, other = new_id(), new_id()
    async with running(relay.run):
        async with db.transaction() as slow:
            await lock(slow, late)
            await insert(slow, fact(late, 1))
            await commit(db, other, 1)
            await until(lambda: has(log, other, [1]))
        await commit(db, late, 2)

        await until(lambda: has(log, late, [1, 2]))


async def test_an_open_transaction_holds_nobody_else_back(
    db: Database, relay: Relay, log: Log, notifier_database: TestDatabase
):
    """Be it about other keys of this outbox, or elsewhere on the server, where an old snapshot is kept besides."""
    key = new_id()
    elsewhere = await asyncpg.connect(notifier_database.owner_url)
    async with AsyncExitStack() as idle:
        await idle.enter_async_context(elsewhere.transaction(isolation="repeatable_read"))
        await elsewhere.execute("create table forgotten as select now()")
        for _ in range(3):
            tx = await idle.enter_async_context(db.transaction())
            await insert(tx, fact(new_id(), 1))
        async with running(relay.run):
            for number in range(1, 4):
                await commit(db, key, number)
                await until(lambda last=number: has(log, key, [*range(1, last + 1)]))
    await elsewhere.close()


async def test_rows_of_a_key_keep_their_order_when_transactions_commit_in_another_order(
    db: Database, relay: Relay, log: Log
):
    keys = [new_id() for _ in range(12)]
    chance = random.Random(7)  # noqa: S311 -- the same dice each time
    counters = dict.fromkeys(keys, 0)

    async def one(pause: float) -> None:
        chosen = sorted(chance.sample(keys, 2))
        async with db.transaction() as tx:
            for key in chosen:
                await lock(tx, key)
            for key in chosen:
                counters[key] += 1
                await insert(tx, fact(key, counters[key]), event_id=new_id())
            await tx.execute("select pg_sleep($1)", pause)  # some work longer: they commit crosswise

    async with running(relay.run):
        for _ in range(20):
            async with asyncio.TaskGroup() as crowd:
                for _ in range(8):
                    crowd.create_task(one(chance.choice((0, 0.001, 0.02))))
        await until(lambda: emptied(db))

    assert await log.numbers() == {key: [*range(1, count + 1)] for key, count in counters.items()}


async def test_a_live_row_goes_before_bulk_but_behind_its_own_keys_bulk_row(db: Database, relay: Relay, log: Log):
    crowd, person = [new_id() for _ in range(1500)], new_id()
    async with db.transaction() as tx:
        await insert_all(tx, [fact(key, 1) for key in [*crowd, person]], lane=Lane.BULK)
    async with db.transaction() as tx:
        await insert(tx, fact(person, 2))

    async with running(relay.run):
        await until(lambda: emptied(db))

    records = await log.read()
    of_person = [record for record in records if record.key == str(person).encode()]
    assert [number_of(record) for record in of_person] == [1, 2]
    assert [record.offset for record in of_person] == [0, 1]
    assert len(records) == 1502


async def has(log: Log, key: UUID, numbers: list[int]) -> bool:
    return (await log.numbers()).get(key) == numbers


async def emptied(db: Database) -> bool:
    return not await db.fetchval("select exists (select from outbox)")
