"""Sign in, stay, leave: by cookies as browsers do it, by access token as programs do."""

from tests.integration.auth_http.conftest import NEUTRAL, Auth
from tests.support.browser import Browser
from tests.support.customer_portal import Customer

PASSWORD = "fG69a*6jH"


async def signed_in(auth: Auth, customer: Customer) -> tuple[Browser, str]:
    browser = auth.browser()
    answer = await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"access_token", "token_type", "expires_in", "must_change_password"}
    return browser, answer.json()["access_token"]


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_the_cookie_or_the_token_says_who_one_is(auth: Auth) -> None:
    customer = await auth.customer_with(PASSWORD)
    browser, token = await signed_in(auth, customer)

    by_cookie = await browser.get("/api/v1/me")
    by_token = await auth.browser().get("/api/v1/me", headers=bearing(token))

    assert by_cookie.json() == by_token.json()
    assert (
        by_cookie.json().items()
        >= {
            "portal": "egec",
            "identifier": customer.identifier,
            "name": customer.name,
            "language": "fr",
            "services": [],
        }.items()
    )


async def test_nobody_is_nobody(auth: Auth) -> None:
    for answer in (
        await auth.browser().get("/api/v1/me"),
        await auth.browser().get("/api/v1/me", headers={"cookie": "__Host-session=forged"}),
        await auth.browser().request("DELETE", "/api/v1/sessions/current"),
        await auth.browser().request("DELETE", "/api/v1/sessions"),
        await auth.browser().post("/api/v1/sessions/current/refresh"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_a_token_is_good_on_its_own_portal_alone(auth: Auth) -> None:
    _, token = await signed_in(auth, await auth.customer_with(PASSWORD))

    answer = await auth.browser(NEUTRAL).get("/api/v1/me", headers=bearing(token))

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_accepted")


async def test_a_session_brings_fresh_tokens(auth: Auth) -> None:
    browser, token = await signed_in(auth, await auth.customer_with(PASSWORD))

    answer = await browser.post("/api/v1/sessions/current/refresh")

    assert answer.status_code == 200
    assert answer.json()["access_token"] not in ("", token)
    assert (await auth.browser().get("/api/v1/me", headers=bearing(answer.json()["access_token"]))).status_code == 200


async def test_who_signs_out_is_out_with_cookie_and_token(auth: Auth) -> None:
    browser, token = await signed_in(auth, await auth.customer_with(PASSWORD))
    session = browser.cookies["__Host-session"]

    answer = await browser.request("DELETE", "/api/v1/sessions/current")

    assert (answer.status_code, answer.content) == (204, b"")
    assert browser.cookies.keys() == {"__Host-browser"}
    assert (await auth.browser().get("/api/v1/me", headers=bearing(token))).status_code == 401
    assert (await auth.browser().get("/api/v1/me", headers={"cookie": f"__Host-session={session}"})).status_code == 401


async def test_who_signs_out_everywhere_is_out_on_every_device(auth: Auth) -> None:
    customer = await auth.customer_with(PASSWORD)
    first, _ = await signed_in(auth, customer)
    second, token = await signed_in(auth, customer)

    answer = await auth.browser().request("DELETE", "/api/v1/sessions", headers=bearing(token))

    assert answer.status_code == 204
    assert [(await browser.get("/api/v1/me")).status_code for browser in (first, second)] == [401, 401]


async def test_a_tried_out_password_costs_a_wait(auth: Auth) -> None:
    customer, browser = await auth.customer_with(PASSWORD), auth.browser()
    for _ in range(10):
        await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": "wrong"})

    answer = await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 900
