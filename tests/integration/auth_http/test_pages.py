"""The pages, in a real browser: no script is needed, nothing is wider than a telephone, axe finds no violation."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Browser, Page

from tests.integration.auth_http.conftest import Auth, stranger
from tests.support.chromium import AXE, VIOLATIONS

PASSWORD = "fG69a*6jH"
SIGHTS = [(360, "dark"), (1440, "light")]
PATHS = ("/", "/activate", "/activate?sent", "/sign-in", "/sign-in?next=/account", "/help", "/privacy", "/nowhere")


@asynccontextmanager
async def opened(chromium: Browser, auth: Auth, **more: object) -> AsyncIterator[Page]:
    """A person's browser at the portal, in French; what it complains about fails the test."""
    complaints: list[str] = []
    context = await chromium.new_context(
        base_url=f"http://egec.localhost:{auth.port}",
        locale="fr-FR",
        **more,  # type: ignore[arg-type]
    )
    if more.get("java_script_enabled", True):
        await context.add_init_script(AXE)
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        await context.close()
    refused_forms = "Failed to load resource: the server responded with a status of 4"
    assert [text for text in complaints if not text.startswith(refused_forms)] == []


async def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Returns when the page that this leads to is there."""
    async with page.expect_navigation():
        await page.get_by_role(role, name=name, exact=True).last.click()


async def inspect(page: Page, width: int) -> None:
    assert await page.evaluate(VIOLATIONS, {"resultTypes": ["violations"]}) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    small = await page.evaluate(
        "[...document.querySelectorAll('button, .button, input:not([type=hidden])')]"
        ".filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"
    )
    assert small == []  # WCAG 2.2, 2.5.8


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
async def test_every_page_can_be_read_by_everybody(chromium: Browser, auth: Auth, width: int, scheme: str) -> None:
    customer = await auth.customer_with(PASSWORD)
    sight = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    async with opened(chromium, auth, **sight) as page:
        for path in PATHS:
            await page.goto(path)
            await inspect(page, width)
        await page.goto("/activate")
        for typed in ("", stranger()):
            await page.get_by_label("Votre courriel").fill(typed)
            await press(page, "button", "ENVOYER")
            await inspect(page, width)
        await page.goto("/sign-in")
        for typed in ("", "wrong", PASSWORD):
            await page.get_by_label("Votre identifiant CLIENT").fill(customer.identifier if typed else "")
            await page.get_by_label("Votre mot de passe").fill(typed)
            await press(page, "button", "Se connecter")
            await inspect(page, width)
        assert page.url.endswith("/account")
        await page.get_by_label("Votre profil, Camille Exemple").first.click()
        await inspect(page, width)


async def test_the_memo_can_be_followed_without_a_script(chromium: Browser, auth: Auth) -> None:
    customer = await auth.customer()
    async with opened(chromium, auth, java_script_enabled=False) as page:
        await page.goto("/")
        box = page.get_by_role("region", name="Identification")
        assert await box.get_by_role("link", name="identifiant, mot de passe.....").count() == 1
        await press(page, "link", "identifiant, mot de passe.....")
        await page.get_by_label("Votre courriel").fill(customer.email)
        await press(page, "button", "ENVOYER")

        said = page.get_by_role("status")
        assert "Un courriel a été envoyé dans votre b-a-l, avec des instructions." in await said.inner_text()
        assert "La réception peut atteindre 5 min. Vérifiez éventuellement dans vos SPAMs" in await said.inner_text()
        await press(page, "link", "Se connecter")
        await press(page, "link", "mot-de-passe oublié")
        assert await page.get_by_role("heading", level=1).inner_text() == "Activation du compte"


async def test_an_error_says_what_to_do_and_leads_to_the_field(chromium: Browser, auth: Auth) -> None:
    typed = stranger()
    async with opened(chromium, auth) as page:
        await page.goto("/activate")
        await page.get_by_label("Votre courriel").fill(typed)
        await press(page, "button", "ENVOYER")

        alert = page.get_by_role("alert")
        assert "Identifiant et/ou m-d-p non reconnu(s)" in await alert.inner_text()
        assert "Si le problème persiste, contacter le Service IT." in await alert.inner_text()
        assert await alert.evaluate("element => element === document.activeElement")
        await alert.get_by_role("link").click()
        field = page.get_by_label("Votre courriel")
        assert await field.evaluate("element => element === document.activeElement")
        assert await field.input_value() == typed
        assert await field.get_attribute("aria-invalid") == "true"


async def test_a_person_signs_in_stays_and_signs_out(chromium: Browser, auth: Auth) -> None:
    customer = await auth.customer_with(PASSWORD)
    async with opened(chromium, auth) as page:
        await page.goto("/account")
        assert page.url.endswith("/sign-in?next=/account")
        await page.get_by_label("Votre identifiant CLIENT").fill(f"\u00a0{customer.identifier} ")
        await page.get_by_label("Votre mot de passe").fill(f" {PASSWORD}\u00a0")
        await press(page, "button", "Se connecter")
        assert await page.locator("dd").first.inner_text() == customer.identifier

        await page.goto("/sign-in")
        assert page.url.endswith("/account")
        await press(page, "button", "Se déconnecter")
        assert "Vous êtes déconnecté." in await page.get_by_role("status").inner_text()
        await page.go_back()
        await page.reload()
        assert page.url.endswith("/sign-in?next=/account")


async def test_a_chosen_language_is_kept(chromium: Browser, auth: Auth) -> None:
    async with opened(chromium, auth) as page:
        await page.goto("/sign-in")
        await press(page, "link", "English")
        await press(page, "link", "forgotten password")

        assert await page.locator("html").get_attribute("lang") == "en"
        assert re.search("Account activation", await page.title())
        assert await page.get_by_role("link", name="Français").get_attribute("lang") == "fr"


async def test_a_signed_in_person_is_spoken_to_in_their_own_language(chromium: Browser, auth: Auth) -> None:
    customer = await auth.customer_with(PASSWORD)
    account = await auth.desk.account_id("egec", customer.identifier)
    await auth.desk.request("PATCH", f"egec/accounts/{account}", json={"language": "en"})
    async with opened(chromium, auth) as page:
        await page.goto("/sign-in")
        assert await page.locator("html").get_attribute("lang") == "fr"
        await page.get_by_label("Votre identifiant CLIENT").fill(customer.identifier)
        await page.get_by_label("Votre mot de passe").fill(PASSWORD)
        await press(page, "button", "Se connecter")

        assert await page.locator("html").get_attribute("lang") == "en"
        assert await page.get_by_role("heading", level=1).inner_text() == "My account"
