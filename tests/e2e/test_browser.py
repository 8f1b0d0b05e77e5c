"""The whole eGEC way in a real Chromium: first connection, the mail, sign-in, the account, sign-out."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support.chromium import DESK, TELEPHONE, Tab, address, follow, open_tab, press
from tests.support.customer_portal import Customer, CustomerPortal
from tests.support.ground import Ground
from tests.support.world import World

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@pytest_asyncio.fixture(scope="module")
async def browsed_world(ground: Ground) -> AsyncIterator[World]:
    async with ground.world() as world:
        yield world


@pytest.fixture
def egec(browsed_world: World) -> CustomerPortal:
    return browsed_world.portal("egec")


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_the_whole_way_in_a_browser(egec: CustomerPortal, chromium: Browser, width: int) -> None:
    customer = await egec.customer()
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await page.goto(address(egec))
        await tab.assert_well()
        await follow(page, "identifiant, mot de passe.....")
        await tab.assert_well()

        await page.get_by_label("Votre courriel").fill("inconnu@example.org")
        await press(page, "ENVOYER")
        await expect(page.get_by_role("alert")).to_contain_text("Identifiant et/ou m-d-p non reconnu(s)")
        await expect(page.get_by_label("Votre courriel")).to_have_value("inconnu@example.org")
        await tab.assert_well()

        await walk(tab, egec, customer, look=True)


async def test_the_whole_way_without_a_script(egec: CustomerPortal, chromium: Browser) -> None:
    customer = await egec.customer()
    async with open_tab(chromium, width=TELEPHONE, scripts=False) as tab:
        await tab.page.goto(address(egec))
        await follow(tab.page, "identifiant, mot de passe.....")
        await walk(tab, egec, customer, look=False)
        assert tab.wrong == []


async def walk(tab: Tab, egec: CustomerPortal, customer: Customer, *, look: bool) -> None:
    """From « Activation du compte » on. `look`: at each page with axe, which is a script."""

    async def seen() -> None:
        if look:
            await tab.assert_well()

    page = tab.page
    await page.get_by_label("Votre courriel").fill(customer.email)
    await press(page, "ENVOYER")
    await expect(page.get_by_role("status")).to_contain_text("Un courriel a été envoyé dans votre b-a-l")
    await seen()

    mail = await egec.mail(customer)
    await follow(page, "Se connecter")
    await seen()
    await page.get_by_label("Votre identifiant CLIENT").fill(mail.identifier)
    await page.get_by_label("Votre mot de passe").fill(mail.password.swapcase())
    await press(page, "Se connecter")
    await expect(page.get_by_role("alert")).to_contain_text("Identifiant et/ou m-d-p non reconnu(s)")
    await expect(page.get_by_label("Votre mot de passe")).to_have_value("")
    await seen()

    await page.get_by_label("Votre identifiant CLIENT").fill(mail.identifier)
    await page.get_by_label("Votre mot de passe").fill(f" {mail.password} ")  # as people copy it
    await press(page, "Se connecter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    await expect(page.get_by_role("main")).to_contain_text(customer.identifier)
    await seen()

    await press(page, "Se déconnecter")
    await expect(page.get_by_role("status")).to_have_text("Vous êtes déconnecté.")
    await seen()
    await page.goto(address(egec, "/account"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Identification")


@pytest.mark.parametrize(
    "path", ["/help", "/privacy", "/nowhere", "/activate?lang=en", "/sign-in?lang=en", "/?lang=en"]
)
async def test_every_other_page_is_for_everybody(egec: CustomerPortal, chromium: Browser, path: str) -> None:
    async with open_tab(chromium, width=TELEPHONE) as tab:
        await tab.page.goto(address(egec, path))
        await expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        await tab.assert_well()


async def test_the_way_can_be_gone_by_keyboard_alone(egec: CustomerPortal, chromium: Browser) -> None:
    customer = await egec.customer()
    async with open_tab(chromium) as tab:
        page = tab.page
        await page.goto(address(egec, "/activate"))
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.get_by_label("Votre courriel")).to_be_focused()
        await page.keyboard.type(customer.email)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Un courriel a été envoyé")


async def test_the_mail_itself_is_for_everybody(egec: CustomerPortal, chromium: Browser) -> None:
    mail = await egec.activate(await egec.customer())
    async with open_tab(chromium, width=TELEPHONE) as tab:
        await tab.page.set_content(mail.caught.html)
        # A mail has no landmarks; in the dark its colours are the reader's own, which axe does not know.
        await tab.assert_well(*WCAG, schemes=["light"])


async def test_scripts_never_see_a_cookie(egec: CustomerPortal, chromium: Browser) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)
    async with open_tab(chromium) as tab:
        page = tab.page
        await page.goto(address(egec, "/sign-in"))
        await page.get_by_label("Votre identifiant CLIENT").fill(mail.identifier)
        await page.get_by_label("Votre mot de passe").fill(mail.password)
        await press(page, "Se connecter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")

        assert await page.evaluate("document.cookie") == ""
        kept = {cookie["name"]: cookie for cookie in await tab.context.cookies()}
        assert {"__Host-session", "__Host-access", "__Host-csrf"} <= kept.keys()
        assert all(cookie["httpOnly"] and cookie["secure"] and cookie["path"] == "/" for cookie in kept.values())
