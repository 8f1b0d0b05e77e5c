"""The whole Groupecho way in a real Chromium, by the document: a service, the box, the mail, the hints, the search."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.chromium import DESK, TELEPHONE, Tab, address, follow, open_tab, press
from tests.support.customer_portal import CustomerPortal
from tests.support.holder import mailed_token
from tests.support.user import User

CODE, PASSWORD = "Entrez votre code d'utilisateur", "Entrez votre mot de passe"
BOX = "Envoyez-moi mon mot de passe par courriel SVP"


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_the_whole_way_in_a_browser(groupecho: CustomerPortal, user: User, chromium: Browser, width: int) -> None:
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await page.goto(address(groupecho))
        await tab.assert_well()
        await consult(page, "Catalogue")
        await expect(page.get_by_role("heading", level=1)).to_have_text("ACCÈS AU SITE INTERNET")
        await tab.assert_well()
        await page.get_by_label(CODE).fill(user.code)
        await page.get_by_label(BOX).check()
        await press(page, "ENTRER")
        await expect(page.get_by_role("status")).to_contain_text("N'oubliez pas de consulter vos courriels!")
        await tab.assert_well()

        password = await user.mailed_password()
        await enter(page, user.code, password.swapcase())
        await expect(page.get_by_role("alert")).to_contain_text("LA CASSE que vous utilisez doit être la bonne")
        await tab.assert_well()
        await page.get_by_label(PASSWORD).fill(password)
        await press(page, "ENTRER")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Catalogue")
        await tab.assert_well()

        await look_around(tab, groupecho)


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_b12_address_and_language_are_changed_in_a_browser(
    groupecho: CustomerPortal, user: User, chromium: Browser, width: int
) -> None:
    password, new = await user.new_password(), f"nouvelle.{user.code.lower()}@example.org"
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await page.goto(address(groupecho, "/account"))
        await enter(page, user.code, password)
        await follow(page, "Changer d’adresse de courriel")
        await tab.assert_well()
        await page.get_by_label("Nouvelle adresse de courriel").fill("nouvelle")
        await page.get_by_label("Votre mot de passe").fill(password)
        await press(page, "Continuer")
        await expect(page.get_by_role("alert")).to_be_visible()
        await tab.assert_well()
        await page.get_by_label("Nouvelle adresse de courriel").fill(new)
        await page.get_by_label("Votre mot de passe").fill(password)
        await press(page, "Continuer")
        await expect(page.get_by_role("status")).to_contain_text("Un courriel vient d’être envoyé")
        await tab.assert_well()

        path, token = await mailed_token(groupecho, new)
        await page.goto(address(groupecho, f"{path}#{token}"))
        await expect(page.get_by_label("Code du courriel")).to_have_value(token)
        assert "#" not in page.url
        await tab.assert_well()
        await press(page, "Confirmer")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Votre adresse est changée")
        await tab.assert_well()
        await follow(page, "Mon compte")
        await expect(page.get_by_role("main")).to_contain_text(new)
        await press(page, "English")
        await expect(page.get_by_role("heading", level=1)).to_have_text("My account")
        await tab.assert_well()


async def test_the_way_in_needs_no_script(groupecho: CustomerPortal, user: User, chromium: Browser) -> None:
    async with open_tab(chromium, width=TELEPHONE, scripts=False) as tab:
        page = tab.page
        await page.goto(address(groupecho, "/services/catalogue"))
        await page.get_by_label(CODE).fill(user.code)
        await page.get_by_label(BOX).check()
        await press(page, "ENTRER")
        await enter(page, user.code, await user.mailed_password())
        await expect(page.get_by_role("heading", level=1)).to_have_text("Catalogue")


async def look_around(tab: Tab, groupecho: CustomerPortal) -> None:
    """Once in: a service of others, one's own account, the guide, and the search."""
    page = tab.page
    await page.goto(address(groupecho))
    await expect(page.get_by_role("heading", name="Guide de navigation")).to_be_visible()
    await tab.assert_well()
    await consult(page, "Module de collection")
    await expect(page.get_by_role("main")).to_contain_text("service à la clientèle")
    await tab.assert_well()
    await follow(page, "Services disponibles")
    await expect(page.get_by_role("main")).not_to_contain_text("Module de collection")
    await tab.assert_well()
    await follow(page, "Mon compte")
    await expect(page.get_by_role("main")).to_contain_text(
        "il n'est pas possible de changer les mots de passe en ligne"
    )
    await tab.assert_well()

    search = page.get_by_role("banner").get_by_role("search")
    await search.get_by_label("Recherche sur ce site").fill("CHANGER MOT PASSE")
    await search.get_by_role("button", name="OK").click()
    await tab.assert_well()
    await follow(page, "Puis-je CHANGER mon mot de passe en ligne?")
    await expect(page.get_by_role("heading", level=1)).to_have_text("ACCÈS AU SITE INTERNET")
    await tab.assert_well()


async def consult(page: Page, service: str) -> None:
    """« Consulter ou commander »."""
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text=service)
    await row.get_by_role("link", name="Consulter ou commander", exact=True).click()


async def enter(page: Page, code: str, password: str) -> None:
    await page.get_by_label(CODE).fill(code)
    await page.get_by_label(PASSWORD).fill(password)
    await press(page, "ENTRER")
