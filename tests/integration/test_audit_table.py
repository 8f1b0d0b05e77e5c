"""The audit of every service: who runs the service adds to it and reads it, and can change nothing."""

import asyncpg
import pytest

from shared.audit.entries import INSERT
from tests.support.stack import SERVICES, TestDatabase

ENTRY = ("operator", "", "audit_shown", "desk", None, None, "a test", "{}")


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_who_runs_a_service_can_change_its_audit(
    service: str, auth_database: TestDatabase, contracts_database: TestDatabase, notifier_database: TestDatabase
) -> None:
    database = {each.service: each for each in (auth_database, contracts_database, notifier_database)}[service]
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute(INSERT, *ENTRY)
        for statement in (
            "update audit set actor_id = 'x'",
            "delete from audit",
            "truncate audit",
            "drop table audit",
            "alter table audit disable trigger all",
            "alter sequence audit_seq_seq restart",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        assert await connection.fetchval("select count(*) from audit") == 1
    finally:
        await connection.close()
