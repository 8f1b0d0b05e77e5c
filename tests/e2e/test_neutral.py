"""Where a portal does not tell known names from unknown ones, nothing does: not a byte of the answer, nor its work."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from services.auth.hasher import CALLS
from tests.support.browser import new_address
from tests.support.customer_portal import CustomerPortal
from tests.support.ground import Ground
from tests.support.statements import Watch, watching
from tests.support.waiting import until
from tests.support.world import World

_strangers = itertools.count(1)


def unknown() -> str:
    """Another one each time: names nobody has are limited as those of customers are."""
    return f"personne.ici.{next(_strangers)}@example.org"


@pytest_asyncio.fixture(scope="module")
async def quiet_world(ground: Ground) -> AsyncIterator[World]:
    """auth's API alone: what its database is asked, a request asked."""
    async with ground.world(auth_roles=["api"]) as world:
        yield world


@pytest.fixture(params=["neutral", "default"])
def neutral(quiet_world: World, request: pytest.FixtureRequest) -> CustomerPortal:
    return quiet_world.portal(request.param)


@dataclass(frozen=True, slots=True)
class Work:
    argon2_calls: float
    statements: list[str]
    rows: list[tuple[str, int]]  # type and payload's size of every event written, for real or for show


async def test_known_and_unknown_addresses_get_the_same_bytes(neutral: CustomerPortal) -> None:
    customer = await neutral.customer()
    answers = [await raw_answer(neutral, email) for email in (customer.email, unknown(), "pas une adresse")]

    assert answers[0].startswith(b"HTTP/1.1 202 ")
    assert answers == [answers[0]] * 3


async def test_known_and_unknown_addresses_get_the_same_page(neutral: CustomerPortal) -> None:
    customer, browser = await neutral.customer(), neutral.browser()
    (asked,) = (await browser.visit("/activate")).inputs
    pages = [await browser.submit("/activate", **{asked.name: email}) for email in (customer.email, unknown())]

    assert pages[0].status == 200
    assert pages[0] == pages[1]


@pytest.mark.parametrize("signed_in", [False, True], ids=["never signed in", "signed in"])
async def test_known_and_unknown_addresses_cost_the_same_work(
    ground: Ground, quiet_world: World, neutral: CustomerPortal, signed_in: bool
) -> None:
    customer = await neutral.customer()
    if signed_in:
        assert await signs_in(quiet_world, neutral, customer.email)
    async with watching(ground.postgres, quiet_world.auth_database) as watch:
        for email in (customer.email, unknown()):  # the first of their kind look types up
            await accepted(neutral, email)
        if signed_in:
            assert await signs_in(quiet_world, neutral, customer.email)

        for_known = await work(quiet_world, watch, lambda: accepted(neutral, customer.email))
        for_unknown = await work(quiet_world, watch, lambda: accepted(neutral, unknown()))

    assert for_known.argon2_calls == 1
    assert for_known.rows
    assert for_known == for_unknown


async def test_known_and_unknown_identifiers_cost_the_same_work_at_sign_in(
    ground: Ground, quiet_world: World, neutral: CustomerPortal
) -> None:
    customer = await neutral.customer()
    await accepted(neutral, customer.email)

    async def refused(login: str) -> None:
        answer = await neutral.browser().post("/api/v1/sessions", {"login": login, "password": "fG69a*6jH"})
        assert answer.status_code == 401

    async with watching(ground.postgres, quiet_world.auth_database) as watch:
        await refused("9999999999")
        for_known = await work(quiet_world, watch, lambda: refused(customer.identifier))
        for_unknown = await work(quiet_world, watch, lambda: refused("9999999998"))

    assert for_known.argon2_calls == (2 if neutral.name == "default" else 1)  # of the password before it, too
    assert for_known == for_unknown


async def raw_answer(portal: CustomerPortal, email: str) -> bytes:
    """As it comes over the wire, but for the time."""
    body = f'{{"email": "{email}"}}'.encode()
    request = (
        f"POST /api/v1/activations HTTP/1.1\r\nHost: {portal.host}\r\nX-Forwarded-For: {new_address()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(portal.http.base_url.host, portal.http.base_url.port)
    writer.write(request.encode() + body)
    lines = (await reader.read()).split(b"\r\n")
    writer.close()
    return b"\r\n".join(line for line in lines if not line.lower().startswith(b"date:"))


async def accepted(portal: CustomerPortal, email: str) -> None:
    answer = await portal.ask(email)
    assert answer.status_code == 202, answer.text


async def signs_in(world: World, portal: CustomerPortal, email: str) -> bool:
    """By the password that waits in the outbox: no mail leaves this world."""
    await accepted(portal, email)
    login, password = (await world.sealed_passwords())[-1]
    answer = await portal.browser().post("/api/v1/sessions", {"login": login, "password": password})
    return answer.status_code == 201


async def work(world: World, watch: Watch, request: Callable[[], Awaitable[None]]) -> Work:
    hashed, events, since = argon2_calls(), await written(world), watch.anew()
    await request()
    statements = [statement.replace("decoy_events", "outbox").replace("decoy_", "") for statement in since.statements()]
    return Work(argon2_calls() - hashed, statements, (await written(world))[len(events) :])


async def written(world: World) -> list[tuple[str, int]]:
    rows = await world.in_auth(
        "select type, octet_length(payload) from (select * from outbox union all select * from decoy_events) as every"
        " order by occurred_at, type"
    )
    return [(row["type"], row["octet_length"]) for row in rows]


def argon2_calls() -> float:
    return sum(sample.value for metric in CALLS.collect() for sample in metric.samples if sample.name.endswith("total"))


async def test_the_watch_sees_what_a_request_asks(ground: Ground, quiet_world: World, neutral: CustomerPortal) -> None:
    """Else two empty lists would be equal."""
    async with watching(ground.postgres, quiet_world.auth_database) as watch:
        await accepted(neutral, unknown())
        await until(lambda: any("insert into decoy_credentials" in statement for statement in watch.statements()))
