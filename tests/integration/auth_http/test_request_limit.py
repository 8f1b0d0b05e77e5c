"""Requests from one address: bounded over all processes, counted by the block."""

import itertools
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import pytest_asyncio

from shared.db import Database, open_database
from shared.ids import Language
from shared.limits import TooManyRequests, spend
from shared.portals import Limit, Portal, Portals, load_portals
from shared.web.request_gate import BLOCKS, RequestGate
from shared.web.visits import Visit
from shared.web.words import Words
from tests.integration.auth_http.conftest import DESK, Auth
from tests.support.browser import new_address
from tests.support.portals import DELIVERED
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


def gate(db: Database, now: list[float], *portals: Portal) -> RequestGate:
    """One process's."""
    return RequestGate(db, Portals(portals), clock=lambda: now[0])


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


async def test_the_desk_is_as_patient_as_the_most_patient_portal(db: Database, portal: Portal) -> None:
    desk = replace(visit(portal, new_address()), portal=None)

    assert await admitted([gate(db, [0.0], portal)], desk, 2 * LIMIT) == LIMIT


async def test_whoever_has_shown_who_they_are_is_not_counted_at_the_desk(db: Database, portal: Portal) -> None:
    desk, one = replace(visit(portal, new_address()), portal=None), gate(db, [0.0], portal)
    for _ in range(2 * LIMIT):
        await one.admit(desk)
        one.give_back(desk)

    assert await admitted([one], desk, 2 * LIMIT) == LIMIT


async def blocks_left(auth: Auth, address: str) -> int:
    """At the desk, counted by taking them all."""
    (limit,) = {each.limits.requests_per_address for each in load_portals(DELIVERED)}
    async with open_database(auth.database.url, max_size=1) as db:
        for taken in itertools.count():
            try:
                await spend(db, Limit(count=BLOCKS, per=limit.per), "request", "", address)
            except TooManyRequests:
                return taken
    raise AssertionError


@pytest.mark.parametrize(("right", "blocks"), [(True, 1), (False, 2)])
async def test_accepted_tokens_are_not_counted_at_the_desk_and_refused_ones_are(
    auth: Auth, right: bool, blocks: int
) -> None:
    address, token = new_address(), await auth.desk.token() if right else "none"
    headers = {"host": DESK, "x-forwarded-for": address, "authorization": f"Bearer {token}"}

    answers = [await auth.http.get("/api/v1/portals/egec/accounts", headers=headers) for _ in range(25)]

    assert {answer.status_code for answer in answers} == {200 if right else 401}
    assert await blocks_left(auth, address) == BLOCKS - blocks


async def test_guessed_secrets_of_machines_are_counted(auth: Auth) -> None:
    address = new_address()
    await blocks_left(auth, address)

    answer = await auth.http.post(
        "/oauth/token", auth=("nobody", "x"), headers={"host": DESK, "x-forwarded-for": address}
    )

    assert answer.status_code == 429


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
