"""Requests from one address: bounded over all processes, counted by the block."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio

from services.auth.deps import Deps
from services.auth.domain.errors import TooManyRequests
from services.auth.http.request_gate import RequestGate
from shared.db import Database, open_database
from shared.ids import Language
from shared.portals import Limit, Portal, load_portals
from shared.web.visits import Visit
from shared.web.words import Words
from tests.support.browser import new_address
from tests.support.stack import TestDatabase

LIMIT = 60


@pytest.fixture
def portal(portals_folder: Path) -> Portal:
    delivered = next(iter(load_portals(portals_folder)))
    limits = delivered.limits.model_copy(update={"requests_per_address": Limit(count=LIMIT, per=timedelta(minutes=1))})
    return delivered.model_copy(update={"limits": limits})


@pytest_asyncio.fixture
async def db(auth_database: TestDatabase) -> AsyncIterator[Database]:
    async with open_database(auth_database.url, max_size=2) as opened:
        yield opened


def gate(db: Database, now: list[float]) -> RequestGate:
    """One process's. Of all deps it knows the database alone."""
    return RequestGate(cast("Deps", _OnlyDatabase(db)), clock=lambda: now[0])


class _OnlyDatabase:
    def __init__(self, db: Database) -> None:
        self.db = db


def visit(portal: Portal, address: str) -> Visit:
    return Visit("", portal, ip_address(address), Words(portal, Language("fr")))


async def admitted(gates: list[RequestGate], visits: Visit, requests: int) -> int:
    """How many of them came through, the processes taking turns."""
    count = 0
    for number in range(requests):
        with suppress(TooManyRequests):
            await gates[number % len(gates)].admit(visits)
            count += 1
    return count


async def test_one_process_lets_exactly_as_many_through(db: Database, portal: Portal) -> None:
    assert await admitted([gate(db, [0.0])], visit(portal, new_address()), 2 * LIMIT) == LIMIT


async def test_several_processes_together_let_no_more_through(db: Database, portal: Portal) -> None:
    gates = [gate(db, [0.0]) for _ in range(3)]

    assert LIMIT - 3 <= await admitted(gates, visit(portal, new_address()), 3 * LIMIT) <= LIMIT


async def test_neighbours_are_counted_apart_and_a_household_together(db: Database, portal: Portal) -> None:
    one = gate(db, [0.0])
    await admitted([one], visit(portal, "2001:db8:1:2::1"), LIMIT)

    assert await admitted([one], visit(portal, "2001:db8:1:2::ffff"), 1) == 0
    assert await admitted([one], visit(portal, "2001:db8:1:3::1"), 1) == 1


async def test_who_is_refused_is_told_how_long(db: Database, portal: Portal) -> None:
    one, address = gate(db, [0.0]), new_address()
    await admitted([one], visit(portal, address), LIMIT)

    for _ in range(2):  # as the database has it, then as this process remembers it
        with pytest.raises(TooManyRequests) as refused:
            await one.admit(visit(portal, address))
        assert timedelta(0) < refused.value.retry_after <= timedelta(minutes=1)


async def test_who_waited_comes_in_again(db: Database, portal: Portal) -> None:
    now, address = [0.0], new_address()
    one = gate(db, now)
    await admitted([one], visit(portal, address), LIMIT)
    assert await admitted([one], visit(portal, address), 1) == 0

    await db.execute("delete from limits")  # as time does
    now[0] += 61

    assert await admitted([one], visit(portal, address), 1) == 1
