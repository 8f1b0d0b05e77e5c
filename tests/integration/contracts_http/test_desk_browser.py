"""The desk's pages about contracts in a real browser: the way from the request over the key to the link, at a desk and
on a telephone; axe finds no violation by day or by night, and no script is needed."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect

from tests.integration.contracts_http.conftest import DESK_HOST, Colleague, Contracts
from tests.support.chromium import DESK, TELEPHONE, Tab, follow, keep_cookie, open_tab, press

KEY = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){5}$")


@asynccontextmanager
async def at_the_desk(
    chromium: Browser, colleague: Colleague, *, width: int = DESK, scripts: bool = True
) -> AsyncIterator[Tab]:
    async with open_tab(chromium, width=width, scripts=scripts) as tab:
        await keep_cookie(tab, DESK_HOST, colleague.browser.cookies["__Host-access"])
        yield tab


def address(contracts: Contracts, path: str) -> str:
    return f"http://{DESK_HOST}:{contracts.port}{path}"


@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (TELEPHONE, True), (DESK, False)])
async def test_from_the_request_over_the_key_to_the_link(
    chromium: Browser, contracts: Contracts, width: int, scripts: bool
) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    async with at_the_desk(chromium, contracts.colleague(), width=width, scripts=scripts) as tab:
        page = tab.page

        async def seen() -> None:
            if scripts:  # axe is one
                await tab.assert_well()

        await page.goto(address(contracts, "/contracts"))
        await seen()
        await page.get_by_label("Début du numéro").fill(contract["number"])
        await press(page, "Chercher")
        await expect(page.get_by_role("heading", level=1)).to_have_text(contract["label"])
        await seen()

        await follow(page, "Noter une demande de clé")
        await press(page, "Noter une demande de clé")
        await expect(page.get_by_role("alert")).to_contain_text("Sans l’adresse du bien, pas de clé")
        await seen()
        await page.get_by_label("J’ai vu la copie de la carte d’identité").check()
        await page.get_by_label("L’adresse donnée est bien celle du bien").check()
        await press(page, "Noter une demande de clé")
        await expect(page.get_by_role("status")).to_have_text("La demande est notée.")
        await seen()

        await press(page, "Émettre et afficher la clé")
        shown = page.locator("code.once.key")
        await expect(shown).to_have_text(KEY)
        await seen()
        key = await shown.inner_text()
        await follow(page, "Retour au contrat")
        await expect(page.get_by_role("main")).to_contain_text("Une clé est en circulation.")
        await expect(page.get_by_role("main")).not_to_contain_text(key)
        assert (await customer.offer(key)).status_code == 201

        await page.reload()
        await expect(page.get_by_role("link", name="Zoé Ünal", exact=True)).to_be_visible()
        await seen()
        assert tab.wrong == []


@pytest.mark.parametrize("width", [DESK, TELEPHONE])
async def test_a_contract_is_linked_for_somebody_on_the_telephone_and_taken_off_again(
    chromium: Browser, contracts: Contracts, width: int
) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    async with at_the_desk(chromium, contracts.colleague(), width=width) as tab:
        page = tab.page
        await page.goto(address(contracts, f"/contracts?account={customer.account_id}"))
        await tab.assert_well()
        await page.get_by_label("Début du numéro").fill(contract["number"])
        await page.keyboard.press("Enter")
        candidate = page.get_by_role("link", name=f"Associer {contract['label']}", exact=True)
        await expect(candidate).to_be_visible()
        await tab.assert_well()
        await candidate.click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("au compte de Zoé Ünal")
        await tab.assert_well()
        await page.keyboard.press("Enter")  # the one button is where the keyboard is
        await expect(page.get_by_role("status")).to_contain_text("Le contrat est associé.")
        await tab.assert_well()

        await page.get_by_role("link", name=f"Dissocier {contract['label']}").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("du compte de Zoé Ünal")
        await tab.assert_well()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("n’est plus associé")
        assert await customer.contracts() == []


@pytest.mark.parametrize("width", [DESK, TELEPHONE])
async def test_every_other_page_can_be_read_by_everybody(chromium: Browser, contracts: Contracts, width: int) -> None:
    customer, long = await contracts.customer(), "Une appellation interminable " * 4
    contract = await contracts.contract(label=long, city="X" * 100)
    issued, request_id = await contracts.issue(contract), await contracts.request(contract)
    await contracts.linked(customer, label="", number=f"{width}".rjust(60, "N"))
    async with at_the_desk(chromium, contracts.colleague("supervisor"), width=width) as tab:
        for path in (
            "/contracts?q=une",
            "/contracts?q=une&lang=en",
            f"/contracts?account={customer.account_id}&q=une",
            f"/contracts?account={customer.account_id}&lang=fr",
            f"/contracts/{contract['id']}",
            f"/contracts/{contract['id']}/key?request={request_id}",
            f"/contracts/{contract['id']}/keys/{issued['key_id']}/revoke",
            f"/contracts/{contract['id']}/links/{customer.account_id}",
            "/contracts/new",
            "/contracts/new?portal=ecocito",
            "/contracts/00000000-0000-7000-8000-000000000000",
            "/key-requests",
        ):
            await tab.page.goto(address(contracts, path))
            await tab.assert_well()
        await tab.page.goto(address(contracts, "/contracts/new?portal=ecocito"))
        await press(tab.page, "Enregistrer le contrat")
        await expect(tab.page.get_by_role("alert")).to_be_focused()
        await tab.assert_well()
