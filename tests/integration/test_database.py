"""What callers are told when PostgreSQL undoes a transaction of theirs."""

import asyncio

import asyncpg
import pytest

from shared.db import Database, open_database
from shared.errors import DatabaseUnavailable
from tests.support.stack import TestDatabase

LOCK = "select pg_advisory_xact_lock($1)"


async def test_a_deadlock_is_a_failure_one_may_try_again(auth_database: TestDatabase):
    async with open_database(auth_database.url) as db:
        both_hold_one = asyncio.Barrier(2)
        outcomes = await asyncio.gather(
            lock_both(db, 1, 2, both_hold_one), lock_both(db, 2, 1, both_hold_one), return_exceptions=True
        )

    assert outcomes.count(None) == 1
    with pytest.raises(DatabaseUnavailable) as refused:
        raise next(one for one in outcomes if one is not None)
    assert isinstance(refused.value.__cause__, asyncpg.DeadlockDetectedError)


async def lock_both(db: Database, first: int, second: int, both_hold_one: asyncio.Barrier) -> None:
    async with db.transaction() as tx:
        await tx.execute(LOCK, first)
        await both_hold_one.wait()
        await tx.execute(LOCK, second)
