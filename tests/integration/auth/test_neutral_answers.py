"""Where the portal does not tell, nothing that can be measured from outside tells either (S1.6, ASVS 5.0, 6.3.8)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest
import pytest_asyncio

from services.auth.domain.errors import CredentialsNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.hasher import CALLS
from services.auth.sql.names import lock_name
from shared.db import Database
from tests.integration.auth.conftest import Auth
from tests.support.waiting import until

DECOYS = {"decoy_credentials": "credentials", "decoy_events": "outbox"}
ALL_DECOYS = {**DECOYS, "decoy_resets": "resets"}


class Work:
    """What a request made the service do: statements in their order, and computations of Argon2."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def log(self, record: object) -> None:
        query = re.sub("|".join(ALL_DECOYS), lambda found: ALL_DECOYS[found[0]], record.query)  # type: ignore[attr-defined]
        self.statements.append(" ".join(query.split()))

    def take(self) -> tuple[list[str], float]:
        statements, self.statements = self.statements, []
        return statements, sum(CALLS.labels(what)._value.get() for what in ("hash", "verify"))


@asynccontextmanager
async def watching_statements(auth: Auth) -> AsyncIterator[tuple[Auth, Work]]:
    """One connection, so that the order of statements is that of the service; opened before anything is counted."""
    work = Work()

    async def watch(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(work.log)

    async with asyncpg.create_pool(auth.database.url, min_size=1, max_size=1, init=watch) as pool:
        yield replace(auth, deps=replace(auth.deps, db=Database(pool))), work


@pytest_asyncio.fixture
async def watched(neutral: Auth) -> AsyncIterator[tuple[Auth, Work]]:
    async with watching_statements(neutral) as both:
        yield both


async def work_of_activation(watched: tuple[Auth, Work], email: str) -> tuple[list[str], float]:
    auth, work = watched
    _, before = work.take()
    await auth.activate(email)
    statements, after = work.take()
    return statements, after - before


async def test_a_known_and_an_unknown_address_cause_the_same_hashing_and_statements(watched: tuple[Auth, Work]):
    await watched[0].open()
    known = await work_of_activation(watched, "camille@example.org")
    unknown = await work_of_activation(watched, "nobody@example.org")

    assert known == unknown
    assert known[1] == 1
    assert any("into outbox" in statement for statement in known[0])


async def test_an_account_that_may_get_no_password_looks_like_an_unknown_one(watched: tuple[Auth, Work]):
    await watched[0].open(mailbox_shared=True)
    shared = await work_of_activation(watched, "camille@example.org")

    assert shared == await work_of_activation(watched, "nobody@example.org")


async def test_s1_18_an_address_on_several_files_looks_like_an_unknown_one(watched: tuple[Auth, Work]):
    for identifier in ("0000000001", "0000000002"):
        await watched[0].open(identifier=identifier)
    several = await work_of_activation(watched, "camille@example.org")

    assert several == await work_of_activation(watched, "nobody@example.org")


@pytest.mark.parametrize("email", ["camille@example.org", "Nobody@example.org"])
async def test_requests_for_one_address_take_turns_whether_it_is_known_or_not(neutral: Auth, email: str):
    await neutral.open()
    async with neutral.deps.db.transaction() as tx:
        await lock_name(tx, neutral.portal.name, SubmittedName("email", email.lower()))
        asked = asyncio.create_task(neutral.activate(email))
        await until(lambda: somebody_waits(neutral))
        assert not asked.done()
        await neutral.activate("another@example.org")
    await asked


async def somebody_waits(auth: Auth) -> bool:
    waiting = """select 1 from pg_locks l join pg_database d on d.oid = l.database
                  where l.locktype = 'advisory' and not l.granted and d.datname = current_database()"""
    return bool(await auth.owner(waiting))


async def test_an_unknown_address_writes_rows_of_the_same_size(neutral: Auth):
    await neutral.open()
    await neutral.owner("delete from outbox")
    await neutral.activate("camille@example.org")
    await neutral.activate("nobody@example.org")

    for decoy, real in DECOYS.items():
        sizes = [
            (await neutral.owner(f"select count(*), sum(pg_column_size(t.*)) as bytes from {table} t"))[0]  # noqa: S608
            for table in (real, decoy)
        ]
        assert sizes[0] == sizes[1], decoy


async def test_an_unknown_name_costs_a_sign_in_as_much_as_a_wrong_password(watched: tuple[Auth, Work]):
    auth, work = watched
    customer = await auth.open()
    await auth.activate()
    done = []
    for login in (customer.identifier, "9999999999"):
        _, before = work.take()
        with pytest.raises(CredentialsNotRecognised):
            await auth.sign_in(login, "fG69a*6jH")
        statements, after = work.take()
        done.append((statements, after - before))

    assert done[0] == done[1]
    assert done[0][1] == 1


async def test_so_it_does_where_a_former_password_may_still_be_valid(hardened: Auth):
    customer = await hardened.open()
    await hardened.activate()
    counts = []
    for login in (customer.identifier, "9999999999"):
        before = CALLS.labels("verify")._value.get()
        with pytest.raises(CredentialsNotRecognised):
            await hardened.sign_in(login, "fG69a*6jH")
        counts.append(CALLS.labels("verify")._value.get() - before)

    assert counts == [2, 2]
