"""Signing in on the way to a page leads to that page, and to no other site."""

import pytest

from tests.integration.auth_http.conftest import Auth
from tests.integration.auth_http.own_accounts import DEFAULT, ECOCITO, OTHER, PASSWORD, registered

ELSEWHERE = (
    "https://example.org/",
    "//example.org",
    "/\\example.org",
    "/%09/../\t//example.org",
    "javascript:alert(1)",
)


async def test_a_session_that_stands_gets_a_fresh_access_token_and_goes_on(auth: Auth) -> None:
    browser, _ = await registered(auth)
    former = browser.cookies.pop("__Host-access")
    answer = await browser.get("/sign-in", params={"next": "/contracts/link?from=mail"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/contracts/link?from=mail&renewed=1")
    assert browser.cookies["__Host-access"] not in ("", former)


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_nobody_is_led_to_another_site(auth: Auth, wanted: str) -> None:
    browser, email = await registered(auth)
    assert (await browser.get("/sign-in", params={"next": wanted})).headers["location"] == "/account"

    stranger = auth.browser(ECOCITO)
    page = await stranger.get("/sign-in", params={"next": wanted})
    assert "example.org" not in page.text.replace("%2F", "/").split("hreflang")[-1]
    form = {"csrf": stranger.cookies["__Host-csrf"], "login": email, "password": PASSWORD, "next": wanted}
    assert (await stranger.request("POST", "/sign-in", data=form)).headers["location"] == "/account"


async def test_whoever_has_to_sign_in_first_comes_back_even_after_a_mistake(auth: Auth) -> None:
    _, email = await registered(auth)
    browser = auth.browser(ECOCITO)
    answer = await browser.get("/account/services")
    assert answer.headers["location"] == "/sign-in?next=/account/services"
    page = await browser.visit(answer.headers["location"])
    assert page.hidden("next") == "/account/services"
    assert "Connectez-vous pour continuer." in page.text

    form = {"csrf": page.hidden("csrf"), "login": email, "next": page.hidden("next")}
    wrong = await browser.request("POST", "/sign-in", data={**form, "password": "wrong"})
    assert wrong.status_code == 401
    assert 'name="next" value="/account/services"' in wrong.text
    right = await browser.request("POST", "/sign-in", data={**form, "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/account/services")


async def test_a_temporary_password_holds_nobody_up_for_good(auth: Auth) -> None:
    customer, browser = await auth.customer_with("fG69a*6jH", "default"), auth.browser(DEFAULT)
    page = await browser.visit("/sign-in?next=/contracts/link")
    form = {"csrf": page.hidden("csrf"), "next": page.hidden("next")}
    temporary = {"login": customer.email, "password": "fG69a*6jH"}
    answer = await browser.request("POST", "/sign-in", data={**form, **temporary})
    assert answer.headers["location"] == "/account/password?next=%2Fcontracts%2Flink"

    page = await browser.visit(answer.headers["location"])
    assert page.hidden("next") == "/contracts/link"
    chosen = {**form, "current": "fG69a*6jH", "new": PASSWORD}
    assert (await browser.request("POST", "/account/password", data={**chosen, "new": "court"})).status_code == 422
    assert (await browser.request("POST", "/account/password", data=chosen)).headers["location"] == "/contracts/link"
    foreign = {**form, "current": PASSWORD, "new": OTHER, "next": "//example.org"}
    answer = await browser.request("POST", "/account/password", data=foreign)
    assert answer.headers["location"] == "/account?changed"
