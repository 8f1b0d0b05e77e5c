"""The desk's main ways in a real Chromium: somebody is on the telephone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Page, Route, expect

from services.auth.domain.staff import Role
from tests.support.chromium import DESK, TELEPHONE, Tab, follow, open_tab, press
from tests.support.colleague import Colleague, new_colleague
from tests.support.customer_portal import CustomerPortal
from tests.support.desk import HOST
from tests.support.ground import Ground
from tests.support.user import User, new_user
from tests.support.world import World


@pytest_asyncio.fixture(scope="module")
async def desk_world(ground: Ground) -> AsyncIterator[World]:
    async with ground.world() as world:
        yield world


@pytest.fixture
def groupecho(desk_world: World) -> CustomerPortal:
    return desk_world.portal("groupecho")


def at(world: World, path: str = "/") -> str:
    return f"http://{HOST}:{world.http.base_url.port}{path}"


async def hired(world: World, role: Role = "agent") -> Colleague:
    return await new_colleague(world.http, world.auth_database.url, world.keys.token_private, role)


async def come_in(tab: Tab, world: World, colleague: Colleague, path: str = "/") -> None:
    """From the page one wants, by the sign-in page, back to it."""
    page = tab.page
    await page.goto(at(world, path))
    await page.get_by_label("Votre nom d’utilisateur").fill(colleague.login)
    await page.get_by_label("Votre mot de passe").fill(colleague.password)
    await page.get_by_label("Le code de votre application").fill(colleague.code())
    await page.keyboard.press("Enter")
    await page.wait_for_url(at(world, path))


async def find(page: Page, sought: str) -> None:
    """By the keyboard alone, wherever one is."""
    await page.keyboard.press("/")
    await page.keyboard.type(sought)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_from_the_sign_in_to_a_closed_account(
    desk_world: World, groupecho: CustomerPortal, chromium: Browser, width: int
) -> None:
    user, colleague = await new_user(groupecho, name="Dominique Exemple"), await hired(desk_world, "supervisor")
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await page.goto(at(desk_world, "/"))
        await tab.assert_well()
        await come_in(tab, desk_world, colleague)
        await expect(page.get_by_role("searchbox")).to_be_focused()
        await tab.assert_well()

        await page.keyboard.type(user.code)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Dominique Exemple")
        await tab.assert_well()

        await press(page, "Envoyer un nouveau mot de passe")
        await expect(page.get_by_role("status")).to_contain_text(f"part à {user.email}")
        mailed = await user.mailed_password()
        await follow(page, "Courriels")
        await expect(page.get_by_role("status")).to_contain_text("Oui")
        await page.go_back()

        password = await said_on_the_telephone(tab)
        assert not await opens(user, mailed)
        assert await opens(user, password)

        await follow(page, "Retour au compte")
        await expect(page.get_by_role("main")).to_contain_text("Généré, utilisé")
        await follow(page, "Fermer le compte")
        await tab.assert_well()
        await press(page, "Fermer le compte")
        await expect(page.get_by_role("status")).to_contain_text("Le compte est fermé")
        await tab.assert_well()
        assert not await opens(user, password)


async def opens(user: User, password: str) -> bool:
    return (await user.enter(password)).headings[0] == "Mon compte"


async def said_on_the_telephone(tab: Tab) -> str:
    page = tab.page
    await follow(page, "Dire un mot de passe au téléphone")
    await tab.assert_well()
    await press(page, "Montrer le mot de passe")
    await expect(page.get_by_role("alert")).to_contain_text("Il manque des vérifications")
    await tab.assert_well()
    for check in await page.get_by_role("checkbox").all():
        await check.check()
    await press(page, "Montrer le mot de passe")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mot de passe de Dominique Exemple")
    await tab.assert_well()
    shown = await page.locator("#password li b").all_inner_texts()
    return "".join(shown)


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_the_pages_that_write_are_for_everybody(
    desk_world: World, groupecho: CustomerPortal, chromium: Browser, width: int
) -> None:
    contact = await contact_person(desk_world)
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await come_in(tab, desk_world, await hired(desk_world), f"/accounts/{contact}")
        await tab.assert_well()
        await follow(page, "Demander des codes pour de nouvelles personnes")
        await tab.assert_well()
        await page.get_by_label("Nom complet").first.fill("Claude Exemple")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Nom complet").nth(3)).to_be_focused()
        await expect(page.get_by_label("Nom complet").first).to_have_value("Claude Exemple")
        await press(page, "Envoyer les codes")
        await expect(page.get_by_role("alert")).to_contain_text("À remplir")
        await tab.assert_well()
        address = f"{uuid4().hex}@example.org"
        await page.get_by_role("main").get_by_label("Courriel").first.fill(address)
        await press(page, "Envoyer les codes")
        await expect(page.get_by_role("status")).to_contain_text("les codes partent")
        await desk_world.catcher.wait_for(address)

        for action, button in (("Boîte partagée…", "C’est une boîte partagée"), ("Corriger le dossier", "Enregistrer")):
            await follow(page, action)
            await tab.assert_well()
            await press(page, button)
            await expect(page.get_by_role("status")).to_be_visible()
            await tab.assert_well()
        await page.goto(at(desk_world, "/accounts/new"))
        await tab.assert_well()
        await follow(page, "Groupecho")
        await tab.assert_well()
        await page.get_by_label("Nom complet").fill("Alix Exemple")
        await page.get_by_role("main").get_by_label("Courriel").fill("nobody")
        await press(page, "Ouvrir le compte")
        await expect(page.get_by_role("alert")).to_contain_text("N’est pas une adresse de courriel")
        await tab.assert_well()


# The second one comes when the first is on its way: in one go a browser would make them one by itself.
CLICK_TWICE = """
    () => new Promise(done => {
        const button = document.querySelector("main form button");
        button.click();
        setTimeout(() => { button.click(); setTimeout(done); }, 100);
    })
"""


async def test_an_impatient_double_click_opens_one_account(desk_world: World, chromium: Browser) -> None:
    name = f"Zo{uuid4().hex[:8]} Exemple"
    async with open_tab(chromium) as tab:
        page = tab.page
        await come_in(tab, desk_world, await hired(desk_world), "/accounts/new?portal=groupecho")
        await page.get_by_label("Nom complet").fill(name)
        await page.get_by_role("main").get_by_label("Courriel").fill(f"{uuid4().hex}@example.org")
        posts, clicked = 0, asyncio.Event()

        async def slowly(route: Route) -> None:
            nonlocal posts
            posts += route.request.method == "POST"
            await clicked.wait()
            with suppress(Error):  # the browser gave it up for another
                await route.continue_()

        await page.route("**/accounts/new?*", slowly)
        await page.evaluate(CLICK_TWICE)
        clicked.set()
        await expect(page.get_by_role("status")).to_contain_text("Le compte est ouvert")
        assert posts == 1


async def contact_person(world: World) -> str:
    given = {"name": "Dominique Exemple", "email": f"{uuid4().hex}@example.org", "contact_person": True}
    answer = await world.desk.request("POST", "groupecho/accounts", json=given)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_several_are_found_by_the_keyboard_alone(
    desk_world: World, groupecho: CustomerPortal, chromium: Browser, width: int
) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    await groupecho.customers({"name": f"{name} Premier"}, {"name": f"{name} Second"})
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await come_in(tab, desk_world, await hired(desk_world), "/accounts")
        await find(page, name)
        await expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        await expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(4)  # two people, two ways onward
        await tab.assert_well()
        await page.get_by_role("link", name=f"{name} Second").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(f"{name} Second")
        await find(page, "nobody of this name")
        await expect(page.get_by_role("status")).to_contain_text("Personne sous ce nom")
        await tab.assert_well()


async def test_the_desk_works_without_a_script(desk_world: World, groupecho: CustomerPortal, chromium: Browser) -> None:
    user = await new_user(groupecho)
    async with open_tab(chromium, scripts=False) as tab:
        page = tab.page
        await come_in(tab, desk_world, await hired(desk_world))
        await page.get_by_role("searchbox").fill(user.email)
        await page.get_by_role("button", name="Chercher").click()
        await press(page, "Envoyer un nouveau mot de passe")
        await expect(page.get_by_role("status")).to_contain_text(f"part à {user.email}")
        await user.mailed_password()
        await follow(page, "Courriels")
        await expect(page.get_by_role("status")).to_contain_text("Oui")
        assert tab.wrong == []
