"""The pages on which people open accounts and choose passwords, in a real browser."""

import pytest
from playwright.async_api import Browser

from tests.integration.auth_http.conftest import Auth, stranger
from tests.integration.auth_http.own_accounts import ECOCITO, OTHER, PASSWORD, mailed, registered
from tests.support.chromium import Tab, open_tab

PATHS = ("/", "/sign-in", "/register", "/register?sent", "/register/confirm", "/activate", "/activate?sent")


async def press(tab: Tab, name: str) -> None:
    async with tab.page.expect_navigation():
        await tab.page.get_by_role("button", name=name, exact=True).last.click()


@pytest.mark.parametrize("width", [360, 1440])
async def test_every_page_can_be_read_by_everybody(chromium: Browser, auth: Auth, width: int) -> None:
    _, email = await registered(auth)
    home = f"http://{ECOCITO}:{auth.port}"
    async with open_tab(chromium, width=width) as tab:
        for path in (*PATHS, "/activate/confirm"):
            await tab.page.goto(home + path)
            await tab.assert_well()
        for path in ("/register", "/register/confirm", "/activate/confirm"):
            await tab.page.goto(home + path)
            await tab.page.locator("main button").click()
            await tab.page.get_by_role("alert").wait_for()
            await tab.assert_well()
        await tab.page.goto(home + "/sign-in?next=/account/services")
        await tab.page.locator("#login").fill(email)
        await tab.page.locator("#password").fill(PASSWORD)
        await tab.page.locator("main button").click()
        for path in ("/account/services", "/account", "/account/password"):
            await tab.page.goto(home + path)
            await tab.assert_well()
        await tab.page.locator("main button").click()
        await tab.page.get_by_role("alert").wait_for()
        await tab.assert_well()


async def test_the_links_token_fills_its_field_and_leaves_the_address(chromium: Browser, auth: Auth) -> None:
    browser, email = await registered(auth)
    await browser.post("/api/v1/activations", {"email": email})
    token = await mailed(auth, "resets", email)
    asked: list[str] = []
    async with open_tab(chromium) as tab:
        tab.page.on("request", lambda request: asked.append(request.url + str(request.headers)))
        await tab.page.goto(f"http://{ECOCITO}:{auth.port}/activate/confirm#{token}")
        assert await tab.page.locator("#token").input_value() == token
        assert tab.page.url.endswith("/activate/confirm")
        await tab.page.locator("#password").fill(OTHER)
        await press(tab, await tab.page.locator("main button").inner_text())
        assert "Votre mot de passe est changé." in await tab.page.get_by_role("status").inner_text()
        assert tab.wrong == []
    assert not [each for each in asked if token in each]


async def test_without_a_script_the_token_is_pasted(chromium: Browser, auth: Auth) -> None:
    email = stranger()
    await auth.browser(ECOCITO).post("/api/v1/registrations", {"email": email, "name": "Camille Exemple"})
    token = await mailed(auth, "registrations", email)
    async with open_tab(chromium, scripts=False) as tab:
        await tab.page.goto(f"http://{ECOCITO}:{auth.port}/register/confirm#{token}")
        assert await tab.page.locator("#token").input_value() == ""
        await tab.page.locator("#token").fill(token)
        await tab.page.locator("#password").fill(PASSWORD)
        await press(tab, await tab.page.locator("main button").inner_text())
        assert "Votre compte est ouvert." in await tab.page.get_by_role("status").inner_text()
