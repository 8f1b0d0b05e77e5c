"""How the database finds what is due: the same way whatever it believes of the table."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest_asyncio

from services.notifier.sql.deliveries import LIST_WAITING, LOCK_DUE, LOCK_PAST_DEADLINE
from tests.support.stack import TestDatabase

ACCOUNTS = "insert into accounts (id, portal) select md5(n::text)::uuid, 'egec' from generate_series(1, 1000) n"
DELIVERIES = """
    insert into deliveries (id, account_id, portal, mail, caused_by, occurred_at, contact_version, deliver_until,
                            traceparent, state, due_at, ended_at)
    select gen_random_uuid(), md5((n % 1000 + 1)::text)::uuid, 'egec', 'password_regenerated', gen_random_uuid(), now(),
           1, now() + interval '4 hours', '', $1, case when $1 = 'queued' then now() end,
           case when $1 = 'sent' then now() end
      from generate_series(1, 4000) n
"""


@pytest_asyncio.fixture
async def surprised(notifier_database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """Thousands of mails wait, and when it was last looked at none did: autovacuum comes once a minute."""
    connection = await asyncpg.connect(notifier_database.owner_url)
    await connection.execute("alter table deliveries set (autovacuum_enabled = off)")
    await connection.execute(ACCOUNTS)
    await connection.execute(DELIVERIES, "sent")
    await connection.execute("analyze deliveries")
    await connection.execute(DELIVERIES, "queued")
    yield connection
    await connection.close()


async def plan(connection: asyncpg.Connection, query: str, given: object) -> str:
    return "\n".join(row[0] for row in await connection.fetch("explain " + query, given))


async def test_after_an_analysis_while_nothing_waited_a_backlog_is_found_by_the_same_indexes(
    surprised: asyncpg.Connection,
) -> None:
    found = await plan(surprised, LOCK_DUE, 128)
    assert "Index Scan using deliveries_due on deliveries d" in found
    assert found.count("Index Cond: (account_id = d_1.account_id)") == 1  # who is being sent to, of each looked at
    assert found.count("Index Scan using deliveries_waiting") == 1
    assert found.count("Index Cond: (account_id = n.account_id)") == 1
    assert "deliveries_past_deadline" not in found


async def test_the_waiting_of_an_account_and_the_overdue_are_found_by_indexes_of_their_own(
    surprised: asyncpg.Connection,
) -> None:
    waiting = await plan(surprised, LIST_WAITING, [uuid4() for _ in range(100)])
    overdue = await plan(surprised, LOCK_PAST_DEADLINE, 128)

    assert "Index Scan using deliveries_waiting" in waiting
    assert "Index Cond: (account_id" in waiting
    assert "Index Scan using deliveries_past_deadline" in overdue
    assert "Index Cond: (deliver_until <= now())" in overdue
