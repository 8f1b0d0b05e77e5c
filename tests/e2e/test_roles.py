"""Who may come in where: every route of every service, with every role and with none. What a route says it needs, and
what `MAY` says a role has, decide; nothing here is a list that somebody would have to keep."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
import pytest_asyncio

from services.auth.domain.staff import MAY
from shared.ids import Language
from shared.web.words import product_words
from tests.support.browser import Browser
from tests.support.colleague import new_colleague
from tests.support.desk import HOST
from tests.support.doors import Door, doors
from tests.support.ground import Ground
from tests.support.holder import new_holder

DOORS = doors()
GUARDED = [door for door in DOORS if door.scope is not None]
CUSTOMERS = [door for door in DOORS if door.of_portals]
# Of the desk, these alone ask for no scope: the way in, the way out, and what a machine's secret opens.
THE_WAY_IN = {
    "auth POST /api/v1/sessions",
    "auth POST /api/v1/sessions/current/refresh",
    "auth DELETE /api/v1/sessions/current",
    "auth POST /oauth/token",
    "auth GET /sign-in",
    "auth POST /sign-in",
    "auth POST /sign-out",
    "auth GET /second-factor",
    "auth GET /second-factor/picture.svg",
    "auth POST /second-factor",
}
FOR_EVERYBODY = {"GET /assets/brand.css", "GET /assets/icon.svg", "GET /assets/{name}"}
STRANGER, CUSTOMER, ELSEWHERE = "a stranger", "a customer", "an agent of another portal"
NOT_ALLOWED = {f">{product_words(Language(each))['error.scope_missing']}<" for each in ("fr", "en")}

Callers = Mapping[str, Browser]


@pytest_asyncio.fixture(scope="module")
async def callers(ground: Ground) -> AsyncIterator[Callers]:
    async with ground.world() as world:
        customer = await new_holder(world.portal("ecocito"))
        known = {
            STRANGER: Browser(world.http, HOST),
            CUSTOMER: Browser(world.http, HOST, cookies=dict(customer.browser.cookies)),
        }
        hired = [(role, role, ()) for role in MAY] + [(ELSEWHERE, "agent", ("ecocito",))]
        for name, role, portals in hired:
            keys = world.keys.token_private
            colleague = await new_colleague(world.http, world.auth_database.url, keys, role, *portals)  # type: ignore[arg-type]
            assert (await colleague.sign_in()).status_code == 201
            await colleague.browser.get("/")  # for its forms' token
            known[name] = colleague.browser
        yield known


async def knock(browser: Browser, door: Door, address: str) -> httpx.Response:
    """As the page's own form would, or a program; with nothing to say."""
    if not door.changes:
        return await browser.request(door.method, address)
    if door.is_page:
        return await browser.request(door.method, address, data={"csrf": browser.cookies.get("__Host-csrf", "")})
    return await browser.request(door.method, address, json={})


def turned_away(answer: httpx.Response) -> str | None:
    """`unknown`: nobody is known to come; `not allowed`: somebody is, who may not. None: they were let in."""
    location = answer.headers.get("location", "")
    if answer.status_code == 401 or (answer.status_code == 303 and location.startswith("/sign-in?next=")):
        return "unknown"
    if answer.status_code == 403 and ('"scope_missing"' in answer.text or any(s in answer.text for s in NOT_ALLOWED)):
        return "not allowed"
    return None


def test_every_route_is_a_customers_or_says_what_it_needs_or_is_the_way_in() -> None:
    open_at_the_desk = {str(door) for door in DOORS if door.of_desk and door.scope is None}
    neither = {f"{door.method} {door.route.path}" for door in DOORS if not door.of_desk and not door.of_portals}

    assert open_at_the_desk == THE_WAY_IN
    assert neither - {f"GET /api/openapi/{door.service}.json" for door in DOORS} == FOR_EVERYBODY
    assert len(GUARDED) > 50


def test_what_changes_something_needs_more_than_an_auditor_has() -> None:
    assert [str(door) for door in GUARDED if door.changes and door.scope in MAY["auditor"]] == []


def test_what_routes_need_some_role_has() -> None:
    assert {door.scope for door in GUARDED} <= set().union(*MAY.values())


@pytest.mark.parametrize("caller", [STRANGER, CUSTOMER, *MAY])
@pytest.mark.parametrize("door", GUARDED, ids=str)
async def test_the_desk_lets_in_whom_it_should(callers: Callers, door: Door, caller: str) -> None:
    answer = await knock(callers[caller], door, door.address())

    if caller in (STRANGER, CUSTOMER):
        assert turned_away(answer) == "unknown", answer.text
    else:
        allowed = door.scope in MAY[caller]  # type: ignore[index]
        assert turned_away(answer) == (None if allowed else "not allowed"), answer.text
        assert answer.status_code < 500


@pytest.mark.parametrize("door", [door for door in GUARDED if "{portal}" in door.route.path], ids=str)
async def test_whoever_is_of_one_portal_is_let_in_to_no_other(callers: Callers, door: Door) -> None:
    answer = await knock(callers[ELSEWHERE], door, door.address("egec"))

    code = "portal_not_granted" if door.scope in MAY["agent"] else "scope_missing"
    said = [product_words(Language(each))[f"error.{code}"] for each in ("fr", "en")]
    assert answer.status_code == 403
    assert f'"{code}"' in answer.text or any(f">{text}<" in answer.text for text in said), answer.text


@pytest.mark.parametrize("door", CUSTOMERS, ids=str)
async def test_staff_are_strangers_on_the_portals(callers: Callers, door: Door) -> None:
    """Whatever a visitor is answered, staff are answered: neither their cookies nor their token open anything."""
    staff, stranger = callers["supervisor"], callers[STRANGER]
    token = staff.cookies["__Host-access"]
    answers = []
    for cookies, headers in (({}, {}), (dict(staff.cookies), {}), ({}, {"authorization": f"Bearer {token}"})):
        browser = Browser(stranger.http, "ecocito.localhost", cookies=cookies)
        content = {"json": {}} if door.changes and not door.is_page else {}
        answers.append(await browser.request(door.method, door.address(), headers=headers, **content))

    assert len({(answer.status_code, answer.headers.get("location")) for answer in answers}) == 1
    assert answers[0].status_code < 500


async def test_a_customers_own_token_opens_their_api_and_nothing_of_the_desks(callers: Callers) -> None:
    customer = callers[CUSTOMER]
    token = {"authorization": f"Bearer {customer.cookies['__Host-access']}"}
    at_home = Browser(customer.http, "ecocito.localhost")

    assert (await at_home.get("/api/v1/me", headers=token)).status_code == 200
    for door in GUARDED:
        answer = await Browser(customer.http, HOST).request(door.method, door.address(), headers=token)
        assert turned_away(answer) == "unknown", str(door)
