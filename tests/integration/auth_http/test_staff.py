"""Staff at the desk: a name, a password and a code of the moment; what their role allows; how they come and go."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio

from services.auth.domain.clients import SCOPES
from services.auth.domain.staff import FAILED_SIGN_INS_PER_NAME, MAY, Role
from shared.db import open_database
from shared.limits import spend
from tests.integration.auth_http.conftest import DESK, Auth
from tests.support.browser import Browser
from tests.support.colleague import Colleague, let_codes_pass, new_colleague

Hire = Callable[..., Awaitable[Colleague]]


@pytest.fixture
def hire(auth: Auth) -> Hire:
    async def made(role: Role = "agent", *portals: str) -> Colleague:
        keys = Path(auth.service.environment["GUICHET_TOKEN_KEYS_FILE"])
        return await new_colleague(auth.http, auth.database.url, keys, role, *portals)

    return made


@pytest_asyncio.fixture
async def agent(hire: Hire) -> Colleague:
    return await hire()


async def test_staff_sign_in_with_a_password_and_a_code_of_the_moment(agent: Colleague) -> None:
    answer = await agent.sign_in()

    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (201, "Bearer", 600)
    assert (await agent.browser.get("/api/v1/portals/egec/accounts")).status_code == 200


@pytest.mark.parametrize("wrong", [{"login": "nobody"}, {"password": "wrong"}, {"code": "000000"}, {"code": "x"}])
async def test_a_wrong_name_password_and_code_are_refused_alike(agent: Colleague, wrong: dict[str, str]) -> None:
    answer = await agent.sign_in(**wrong)

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_not_recognised")
    assert agent.browser.cookies == {}


async def test_a_code_works_once_even_at_the_same_moment(agent: Colleague, auth: Auth) -> None:
    answers = await asyncio.gather(*(agent.sign_in(browser=auth.browser(DESK)) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


async def test_a_code_of_before_opens_nothing_after_a_later_one(agent: Colleague) -> None:
    assert (await agent.sign_in(code=agent.code(1))).status_code == 201
    assert (await agent.sign_in(code=agent.code(0))).status_code == 401


async def test_a_recovery_code_stands_in_for_a_lost_telephone_once(agent: Colleague) -> None:
    code = agent.recovery_codes[0]

    assert (await agent.sign_in(code=code.upper())).status_code == 201
    assert (await agent.sign_in(code=code)).status_code == 401
    assert (await agent.sign_in(code=agent.recovery_codes[1])).status_code == 201


async def test_failing_sign_ins_are_limited_by_name_and_address(agent: Colleague, auth: Auth) -> None:
    statuses = [(await agent.sign_in(password="wrong")).status_code for _ in range(11)]

    assert statuses == [401] * 10 + [429]
    assert (await agent.sign_in(browser=auth.browser(DESK))).status_code == 201  # from elsewhere


async def test_a_colleagues_known_browser_is_let_in_whatever_strangers_tried(agent: Colleague, auth: Auth) -> None:
    assert (await agent.sign_in()).status_code == 201
    planted = auth.browser(DESK)
    planted.cookies["__Host-browser"] = "a-browser-nobody-knows"
    async with open_database(auth.database.url, max_size=1) as db:
        for _ in range(100):  # from a hundred addresses; counted without waiting for Argon2
            await spend(db, FAILED_SIGN_INS_PER_NAME, "staff_sign_in", agent.login)

    for stranger in (auth.browser(DESK), planted):
        assert (await agent.sign_in(browser=stranger, code=agent.code(1))).status_code == 429
    known = agent.browser.cookies["__Host-browser"]
    await let_codes_pass(auth.database.owner_url, agent)
    assert (await agent.sign_in()).status_code == 201
    assert agent.browser.cookies["__Host-browser"] == known


@pytest.mark.parametrize("role", MAY)
async def test_a_token_holds_what_the_role_allows_and_nothing_else(hire: Hire, role: Role) -> None:
    colleague = await hire(role, "egec")
    await colleague.sign_in()
    allowed = (await colleague.browser.get("/api/v1/portals/egec/accounts")).status_code
    opened = await colleague.browser.post("/api/v1/portals/egec/accounts", {"name": "Camille Exemple"})
    elsewhere = await colleague.browser.get("/api/v1/portals/ecocito/accounts")

    assert allowed == 200
    assert opened.status_code == (201 if "accounts:write" in MAY[role] else 403)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "portal_not_granted")


def test_no_role_is_given_what_no_client_could_be_but_the_staff() -> None:
    assert frozenset().union(*MAY.values()) == {*SCOPES, "staff:write"}


async def test_the_audit_names_who_it_was_and_by_which_factor(agent: Colleague, auth: Auth) -> None:
    await agent.sign_in()
    await agent.browser.get("/api/v1/portals/egec/accounts")
    rows = await auth.query("select actor_kind, action, details from audit where actor_id = $1 order by seq", agent.id)

    assert [(row["actor_kind"], row["action"]) for row in rows] == [
        ("staff", "staff_signed_in"),
        ("staff", "accounts_searched"),
    ]
    assert rows[0]["details"] == '{"factor": "time"}'


async def test_signed_out_neither_the_session_nor_its_token_opens_anything(agent: Colleague, auth: Auth) -> None:
    token = (await agent.sign_in()).json()["access_token"]
    session = dict(agent.browser.cookies)
    assert (await agent.browser.request("DELETE", "/api/v1/sessions/current")).status_code == 204

    by_token = await auth.http.get(
        "/api/v1/portals/egec/accounts", headers={"host": DESK, "authorization": f"Bearer {token}"}
    )
    renewed = await Browser(auth.http, DESK, cookies=session).post("/api/v1/sessions/current/refresh")
    assert (by_token.status_code, renewed.status_code) == (401, 401)


async def test_a_session_ends_by_itself_when_idle_or_after_a_days_work(agent: Colleague, auth: Auth) -> None:
    await agent.sign_in()
    assert (await agent.browser.post("/api/v1/sessions/current/refresh")).status_code == 200
    for idle, begun in (("31 minutes", "31 minutes"), ("1 second", "12 hours 1 minute")):
        await auth.query(
            "update staff_sessions set seen_at = now() - $2::text::interval, created_at = now() - $3::text::interval"
            " where staff_id = $1",
            agent.id,
            idle,
            begun,
        )
        assert (await agent.browser.post("/api/v1/sessions/current/refresh")).status_code == 401


async def test_another_site_cannot_use_a_colleagues_browser(agent: Colleague) -> None:
    await agent.sign_in()
    answer = await agent.browser.post(
        "/api/v1/portals/egec/accounts", {"name": "Camille Exemple"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_a_customers_token_opens_nothing_at_the_desk(auth: Auth) -> None:
    customer = await auth.customer_with("fG69a*6jH")
    opened = await auth.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})
    answer = await auth.http.get(
        "/api/v1/portals/egec/accounts",
        headers={"host": DESK, "cookie": f"__Host-access={opened.json()['access_token']}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_accepted")


async def test_a_page_leads_who_is_not_signed_in_to_sign_in_and_back(agent: Colleague) -> None:
    shown = await agent.browser.visit("/staff?x=1")
    assert (shown.status, shown.headings[0], shown.hidden("next")) == (200, "Connexion à l’accueil", "/staff?x=1")

    fields = {"login": agent.login, "password": agent.password, "code": agent.code(), "next": "/"}
    assert (await agent.browser.submit("/sign-in", **fields)).headings == ["Accueil"]
    del agent.browser.cookies["__Host-access"]  # as after ten minutes
    assert (await agent.browser.visit("/")).headings == ["Accueil"]


async def test_a_refused_sign_in_says_so_and_keeps_the_name_alone(agent: Colleague) -> None:
    page = await agent.browser.submit("/sign-in", login=agent.login, password="wrong", code="123456")

    assert (page.status, page.headings[0]) == (401, "Le nom, le mot de passe ou le code n’est pas reconnu")
    assert [(field.name, field.value) for field in page.inputs] == [
        ("login", agent.login),
        ("password", ""),
        ("code", ""),
    ]


async def test_a_page_that_the_role_does_not_open_says_so(agent: Colleague) -> None:
    await agent.sign_in()
    page = await agent.browser.visit("/staff")

    assert (page.status, page.headings) == (403, ["Votre rôle ne permet pas cette action"])


async def test_a_supervisor_hands_a_colleague_a_code_that_sets_up_a_new_factor(hire: Hire, auth: Auth) -> None:
    supervisor, colleague = await hire("supervisor"), await hire()
    await asyncio.gather(supervisor.sign_in(), colleague.sign_in())
    await let_codes_pass(auth.database.owner_url, colleague)
    reset = f"/staff/{colleague.id}/second-factor"
    code = _code(await supervisor.browser.submit(reset))

    assert (await colleague.browser.post("/api/v1/sessions/current/refresh")).status_code == 401  # thrown out
    assert (await colleague.sign_in()).status_code == 401  # the lost telephone opens nothing
    assert (await colleague.sign_in(code=colleague.recovery_codes[0])).status_code == 401
    fields = {"login": colleague.login, "password": colleague.password, "code": code}
    page = await colleague.browser.submit("/sign-in", **fields)
    assert page.headings == ["Installer un second facteur"]
    assert (await colleague.browser.visit("/")).headings == page.headings  # nothing else is open

    seed = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)[0].replace(" ", "")
    picture = await colleague.browser.get("/second-factor/picture.svg")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    wrong = await colleague.browser.submit("/second-factor", code="000000")
    assert (wrong.status, seed in wrong.text.replace(" ", "")) == (422, True)
    codes = await colleague.browser.submit("/second-factor", code=pyotp.TOTP(seed).now())
    assert codes.headings == ["Vos codes de secours"]
    assert (await colleague.browser.visit("/")).headings == ["Accueil"]
    assert (await colleague.sign_in(code=code)).status_code == 401  # worked once
    fresh = re.findall(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b", codes.text)
    assert (len(fresh), (await colleague.sign_in(code=fresh[9])).status_code) == (10, 201)


async def test_nobody_resets_their_own_factor_and_an_agent_nobodys(hire: Hire) -> None:
    supervisor, agent = await hire("supervisor"), await hire()
    await asyncio.gather(supervisor.sign_in(), agent.sign_in())

    assert (await supervisor.browser.submit(f"/staff/{supervisor.id}/second-factor")).status == 403
    assert (await agent.browser.visit(f"/staff/{supervisor.id}/second-factor")).status == 403


async def test_a_supervisor_of_one_portal_decides_for_no_colleague_of_more(hire: Hire) -> None:
    supervisor, own, everywhere = await hire("supervisor", "egec"), await hire("agent", "egec"), await hire("agent")
    await supervisor.sign_in()

    shown = await supervisor.browser.visit("/staff")
    assert (own.login in shown.text, everywhere.login in shown.text) == (True, False)
    assert (await supervisor.browser.visit(f"/staff/{everywhere.id}/second-factor")).status == 404
    assert (await supervisor.browser.visit(f"/staff/{own.id}/second-factor")).status == 200


async def test_a_refused_sign_in_is_written_down_by_whose_name_it_was(agent: Colleague, auth: Auth) -> None:
    await agent.sign_in(password="wrong")
    await agent.sign_in(code="000000")
    rows = await auth.query(
        "select actor_kind, origin from audit where action = 'staff_sign_in_refused' and details->>'staff_id' = $1",
        agent.id,
    )

    assert [tuple(row) for row in rows] == [("anonymous", agent.browser.address)] * 2


async def test_of_secrets_only_hashes_and_what_is_sealed_are_kept(agent: Colleague, auth: Auth) -> None:
    row = (await auth.query("select * from staff where login = $1", agent.login))[0]
    codes = await auth.query("select code_hash from staff_codes where staff_id = $1", agent.id)
    kept = repr(dict(row)) + repr([bytes(each["code_hash"]) for each in codes])

    assert row["password_hash"].startswith("$argon2id$")
    for secret in (agent.password, agent.seed, *agent.recovery_codes):
        assert secret not in kept


def _code(page: object) -> str:
    found = re.search(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b", page.text)
    assert found
    return found[0]
