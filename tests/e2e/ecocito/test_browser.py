"""The whole Ecocito way in a real Chromium: an account of one's own, contracts by their keys, and a second device."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.chromium import DESK, TELEPHONE, Tab, address, follow, open_tab, press
from tests.support.customer_portal import CustomerPortal
from tests.support.holder import PASSWORD, Contract, Holder, mailed_token, new_email
from tests.support.waiting import until
from tests.support.world import World

OTHER_PASSWORD = "une grenouille dort sous le pont"


async def issued(world: World, label: str) -> tuple[Contract, str]:
    """A contract that nobody has yet, and its key."""
    contract = await world.desk.register_contract("ecocito", label=label)
    return contract, await world.desk.issue_key(contract)


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_the_whole_way_in_a_browser(
    shared_world: World, ecocito: CustomerPortal, chromium: Browser, width: int
) -> None:
    email = new_email()
    async with open_tab(chromium, width=width) as tab, open_tab(chromium, width=width) as other_device:
        page = tab.page
        await open_account(tab, ecocito, email)
        await sign_in(tab, ecocito, email, PASSWORD)
        await tab.assert_well()

        first, key = await issued(shared_world, "Maison")
        await from_menu(page, "Services disponibles")
        await tab.assert_well()
        await follow(page, "Associer un autre compte")
        await page.get_by_label("Clé d’activation").fill("Maison")
        await press(page, "Associer")
        await expect(page.get_by_role("alert")).to_contain_text("incomplète ou mal recopiée")
        await tab.assert_well()
        await page.get_by_label("Clé d’activation").fill(key.lower())
        await press(page, "Associer")
        await expect(page.get_by_role("status")).to_contain_text(f"Le contrat {first['number']} est associé")
        await tab.assert_well()

        second, key = await issued(shared_world, "Moulin")
        await page.goto(address(ecocito, f"/contracts/link#{key}"))
        await expect(page.get_by_label("Clé d’activation")).to_have_value(key)
        assert "#" not in page.url
        await press(page, "Associer")
        await expect(page.get_by_role("status")).to_contain_text(f"Le contrat {second['number']} est associé")

        await sign_in(other_device, ecocito, email, PASSWORD)
        await expect(other_device.page.get_by_role("banner")).to_contain_text("Maison")
        await from_menu(page, "changer de contrat")
        await tab.assert_well()
        await press(page, f"Ouvrir le contrat {second['number']}")
        await expect(page.get_by_role("status")).to_contain_text(f"Le contrat {second['number']} est maintenant actif")
        await expect(page.get_by_role("banner")).to_contain_text("Moulin")
        await tab.assert_well()

        await shown_after_reloading(other_device.page, "Moulin")
        await other_device.assert_well()


async def test_a_key_from_the_letters_code_survives_signing_in_and_stands_in_no_address(
    shared_world: World, ecocito: CustomerPortal, holder: Holder, chromium: Browser
) -> None:
    """Nobody but this tab is told of it: no address, no server's log, no history holds it."""
    contract, key = await issued(shared_world, "Grange")
    asked_for: list[str] = []
    async with open_tab(chromium, width=TELEPHONE) as tab:
        page = tab.page
        page.on("request", lambda request: asked_for.append(request.url))
        await page.goto(address(ecocito, f"/contracts/link#{key}"))
        await expect(page.get_by_role("heading", level=1)).to_have_text("SE CONNECTER À SON COMPTE")
        assert "#" not in page.url
        await tab.assert_well()

        await enter(page, holder.email, "d’autres mots que les miens")
        await expect(page.get_by_role("alert")).to_be_visible()
        await enter(page, holder.email, holder.password)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Associer un autre compte")
        await expect(page.get_by_label("Clé d’activation")).to_have_value(key)
        await press(page, "Associer")
        await expect(page.get_by_role("status")).to_contain_text(contract["number"])
        assert await page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)") == "{}{}"

        history = await (await tab.context.new_cdp_session(page)).send("Page.getNavigationHistory")
        assert not any(key in entry["url"] for entry in history["entries"])
        assert not any(key in url.partition("#")[0] for url in asked_for)


async def test_a_forgotten_password_is_chosen_anew_by_the_mails_link(
    ecocito: CustomerPortal, holder: Holder, chromium: Browser
) -> None:
    _, used = await mailed_token(ecocito, holder.email)
    async with open_tab(chromium, width=TELEPHONE) as tab:
        page = tab.page
        await page.goto(address(ecocito, "/sign-in"))
        await follow(page, "Mot de passe oublié")
        await tab.assert_well()
        await page.get_by_label("Votre courriel").fill(holder.email)
        await press(page, "Envoyer")
        await expect(page.get_by_role("status")).to_contain_text("un message vient de lui être envoyé")
        await tab.assert_well()

        path, token = await mailed_token(ecocito, holder.email, besides=used)
        await page.goto(address(ecocito, f"{path}#{token}"))
        await expect(page.get_by_label("Code du courriel")).to_have_value(token)
        assert "#" not in page.url
        await page.get_by_label("Nouveau mot de passe").fill("motdepasse123")
        await press(page, "Enregistrer")
        await expect(page.get_by_role("alert")).to_contain_text("qu’on devine en premier")
        await tab.assert_well()
        await page.get_by_label("Nouveau mot de passe").fill(OTHER_PASSWORD)
        await press(page, "Enregistrer")
        await expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est changé.")
        await enter(page, holder.email, OTHER_PASSWORD)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")


async def open_account(tab: Tab, ecocito: CustomerPortal, email: str) -> None:
    page = tab.page
    await page.goto(address(ecocito))
    await tab.assert_well()
    await follow(page, "Ouvrir un compte Ecocito™ maintenant")
    await tab.assert_well()
    await page.get_by_label("Votre nom").fill("Dominique Échantillon")
    await page.get_by_label("Votre courriel").fill(email)
    await press(page, "Continuer")
    await expect(page.get_by_role("status")).to_contain_text("Un courriel vous a été envoyé.")
    await tab.assert_well()

    path, token = await mailed_token(ecocito, email)
    await page.goto(address(ecocito, f"{path}#{token}"))
    await expect(page.get_by_label("Code du courriel")).to_have_value(token)
    assert "#" not in page.url
    await tab.assert_well()
    await page.get_by_label("Votre mot de passe").fill(PASSWORD)
    await press(page, "Ouvrir mon compte")
    await expect(page.get_by_role("status")).to_contain_text("Votre compte est ouvert.")


async def sign_in(tab: Tab, ecocito: CustomerPortal, email: str, password: str) -> None:
    await tab.page.goto(address(ecocito, "/sign-in"))
    await enter(tab.page, email, password)
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Mon compte")


async def enter(page: Page, email: str, password: str) -> None:
    await page.get_by_label("Votre courriel").fill(email)
    await page.get_by_label("Votre mot de passe").fill(password)
    await press(page, "Se connecter")


async def from_menu(page: Page, name: str) -> None:
    """The profile's picture, top right."""
    banner = page.get_by_role("banner")
    await banner.locator("summary").click()
    await banner.get_by_role("link", name=name, exact=True).click()


async def shown_after_reloading(page: Page, label: str) -> None:
    """auth, whose page this is, hears of the switch by Kafka."""

    async def shown() -> bool:
        await page.reload()
        return label in await page.get_by_role("banner").inner_text()

    await until(shown)
