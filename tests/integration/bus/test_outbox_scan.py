"""Where the relay looks: past what was delivered, never past what may still come."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from shared.db import Database
from shared.ids import new_id
from shared.outbox import Lane, insert, insert_all, scan
from shared.outbox.relay import SESSION
from shared.outbox.rows import DELETE, FETCH, delete
from shared.outbox.scan import Scan
from shared.outbox.shards import SHARDS
from tests.integration.bus.facts import fact
from tests.support.stack import TestDatabase

SECOND = 1.1  # by the clock the scan is told


@pytest_asyncio.fixture
async def connection(auth_database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(auth_database.url, server_settings=SESSION)
    yield opened
    await opened.close()


class Deliverer:
    """Takes and deletes, as the relay does, and counts its seconds by itself."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.scan = Scan(Lane.LIVE, limit=100)
        self.now = 0.0

    async def deliver(self, *, seconds: float = 0.0) -> int:
        """How many rows were found after that time."""
        self.now += seconds
        rows = await self.scan.next(self._connection, range(SHARDS), self.now)
        await delete(self._connection, rows)
        return len(rows)


@pytest.fixture
def deliverer(connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> Deliverer:
    monkeypatch.setattr(scan, "TRAIL", 0)
    return Deliverer(connection)


async def test_a_row_that_commits_late_is_found_by_a_look_from_the_floor(db: Database, deliverer: Deliverer):
    async with db.transaction() as slow:
        await insert(slow, fact(new_id(), 1))
        for _ in range(4):  # the floor must not rise past the open row meanwhile
            async with db.transaction() as tx:
                await insert(tx, fact(new_id(), 1))
            assert await deliverer.deliver(seconds=SECOND) == 1

    assert await deliverer.deliver() == 0
    assert await deliverer.deliver(seconds=SECOND) == 1


async def test_delivered_rows_are_not_passed_again_even_where_they_cannot_be_cleaned_away(
    db: Database, deliverer: Deliverer, connection: asyncpg.Connection, auth_database: TestDatabase
):
    old = await asyncpg.connect(auth_database.url)
    async with old.transaction(isolation="repeatable_read"):
        await old.fetch("select 1 from outbox")  # its snapshot keeps every row deleted from now on
        for _ in range(30):
            async with db.transaction() as tx:
                await insert_all(tx, [fact(new_id(), 1) for _ in range(100)])
            assert await deliverer.deliver() == 100
        for _ in range(3):
            assert await deliverer.deliver(seconds=SECOND) == 0

        assert await blocks_read(connection, after=0) > 50
        assert await blocks_read(connection, after=deliverer.scan._floor) < 10
    await old.close()


async def test_a_plan_made_for_an_empty_table_serves_a_full_one(connection: asyncpg.Connection):
    await connection.execute("set plan_cache_mode = force_generic_plan")
    await connection.execute("prepare take (smallint, bigint, smallint[], bigint) as " + FETCH)
    await connection.execute("prepare remove (smallint[], bigint[]) as " + DELETE)
    take = await connection.fetch("explain execute take (0, 0, '{1}', 10)")
    remove = await connection.fetch("explain execute remove ('{0}', '{1}')")

    plan = "\n".join(row[0] for row in [*take, *remove])
    assert "Scan on outbox" not in plan
    assert plan.count("outbox_pkey on outbox") == 2
    assert plan.count("outbox_by_key on outbox") == 1


async def blocks_read(connection: asyncpg.Connection, after: int) -> int:
    """By a look from there, dead rows included."""
    query = "explain (analyze, buffers, format json) select seq from outbox where lane = 0 and seq > $1 order by seq"
    plan = json.loads(await connection.fetchval(query, after))[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
