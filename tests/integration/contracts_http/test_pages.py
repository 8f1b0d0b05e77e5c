"""The pages, in a real browser: no script is needed, nothing is wider than a telephone, axe finds no violation."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect

from services.contracts.domain.activation_keys import generate_key
from tests.integration.contracts_http.conftest import Contracts, Customer
from tests.support.chromium import DESK, TELEPHONE, Tab, keep_cookie, open_tab, press


@asynccontextmanager
async def signed_in(
    chromium: Browser, contracts: Contracts, customer: Customer, *, width: int = DESK, scripts: bool = True
) -> AsyncIterator[Tab]:
    """A browser with the token that auth would have left in it."""
    async with open_tab(chromium, width=width, scripts=scripts) as tab:
        await keep_cookie(tab, f"{customer.portal}.localhost", customer.browser.cookies["__Host-access"])
        yield tab


def address(contracts: Contracts, customer: Customer, path: str) -> str:
    return f"http://{customer.portal}.localhost:{contracts.port}{path}"


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_every_page_can_be_read_by_everybody(chromium: Browser, contracts: Contracts, width: int) -> None:
    customer = await contracts.customer()
    async with signed_in(chromium, contracts, customer, width=width) as tab:
        page = tab.page
        await page.goto(address(contracts, customer, "/contracts"))
        await tab.assert_well()
        await contracts.linked(customer, label="Une appellation interminable " * 4)
        await contracts.linked(customer, label="", street="", postal_code="", city="X" * 100)
        for path in ("/contracts", "/contracts?lang=en", "/contracts/link", "/contracts/link?lang=fr", "/contracts/no"):
            await page.goto(address(contracts, customer, path))
            await tab.assert_well()
        await page.goto(address(contracts, customer, "/contracts/link"))
        for typed in ("", "x", generate_key().printed):
            await page.get_by_label("Clé d’activation").fill(typed)
            await press(page, "Associer")
            await expect(page.get_by_role("alert")).to_be_focused()
            await tab.assert_well()
        await page.get_by_label("Votre profil, Zoé Ünal").first.click()
        await tab.assert_well()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_contract_is_linked_and_switched_to(chromium: Browser, contracts: Contracts, scripts: bool) -> None:
    """« changer de contrat », the list, the icon left of the row (S0.9)."""
    customer = await contracts.customer()
    home, shop = await contracts.contract(), await contracts.contract(label="Local du bourg")
    async with signed_in(chromium, contracts, customer, width=TELEPHONE, scripts=scripts) as tab:
        page = tab.page
        await page.goto(address(contracts, customer, "/contracts"))
        for contract in (home, shop):
            await page.get_by_role("link", name="Associer un autre compte").click()
            await page.get_by_label("Clé d’activation").fill((await contracts.issue(contract))["key"].lower())
            await press(page, "Associer")
            await expect(page.get_by_role("status")).to_contain_text(contract["number"])
        await expect(page.get_by_role("banner")).to_contain_text("Maison des Étangs")

        await page.get_by_label("Votre profil, Zoé Ünal").first.click()
        await page.get_by_role("link", name="changer de contrat").click()
        rows = page.get_by_role("listitem")
        await expect(rows).to_have_count(2)
        await expect(rows.nth(0)).to_contain_text("Actif")
        await press(page, f"Ouvrir le contrat {shop['number']}")

        await expect(page.get_by_role("status")).to_contain_text(shop["number"])
        await expect(page.get_by_role("banner")).to_contain_text("Local du bourg")
        await expect(rows.nth(1)).to_contain_text("Actif")
        await expect(rows.nth(0)).not_to_contain_text("Actif")
        await expect(page.get_by_role("main")).to_contain_text("contacter evolis 23 à relationusagers@evolis23.fr")
        assert tab.wrong == []


async def test_a_refused_key_is_explained_beside_it_and_stays(chromium: Browser, contracts: Contracts) -> None:
    customer, other = await contracts.customer(), await contracts.customer()
    used = (await contracts.issue(await contracts.contract()))["key"]
    await other.offer(used)
    async with signed_in(chromium, contracts, customer) as tab:
        page, field = tab.page, tab.page.get_by_label("Clé d’activation")
        await page.goto(address(contracts, customer, "/contracts/link"))
        await field.fill(used)
        await press(page, "Associer")

        await expect(page).to_have_title(re.compile("^Erreur"))
        await page.get_by_role("alert").get_by_role("link").click()
        await expect(field).to_be_focused()
        await expect(field).to_have_value(used)
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(page.locator("#activation_key-says")).to_contain_text("Cette clé a déjà servi")


async def test_a_key_behind_the_address_goes_into_the_field_and_out_of_sight(
    chromium: Browser, contracts: Contracts
) -> None:
    customer, key = await contracts.customer(), generate_key().printed
    async with signed_in(chromium, contracts, customer) as tab:
        await tab.page.goto(address(contracts, customer, f"/contracts/link#{key}"))

        await expect(tab.page.get_by_label("Clé d’activation")).to_have_value(key)
        assert tab.page.url == address(contracts, customer, "/contracts/link")
        assert await tab.page.evaluate("history.length + sessionStorage.length") == await tab.page.evaluate(
            "history.length"
        )

        await tab.page.goto(address(contracts, customer, "/contracts"))
        await tab.page.go_back()
        assert key not in tab.page.url
        await expect(tab.page.get_by_label("Clé d’activation")).to_have_value("")


async def test_a_key_is_not_lost_where_signing_in_comes_between(chromium: Browser, contracts: Contracts) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    key = (await contracts.issue(contract))["key"]
    async with signed_in(chromium, contracts, customer) as tab:
        page = tab.page
        await page.goto(address(contracts, customer, "/contracts/link"))
        await page.get_by_label("Clé d’activation").fill(key)
        await tab.context.clear_cookies(name="__Host-access")
        await press(page, "Associer")
        await expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fcontracts%2Flink$"))

        await keep_cookie(tab, "ecocito.localhost", contracts.customer_token(customer.account_id))
        await page.goto(address(contracts, customer, "/contracts/link"))
        await expect(page.get_by_label("Clé d’activation")).to_have_value(key)
        await press(page, "Associer")
        await expect(page.get_by_role("status")).to_contain_text(contract["number"])
        assert await page.evaluate("sessionStorage.length") == 0


async def test_whoever_is_not_signed_in_comes_back_after_that(contracts: Contracts) -> None:
    browser = (await contracts.customer()).browser
    stranger = type(browser)(contracts.http, browser.host)
    forger = type(browser)(contracts.http, browser.host, cookies={"__Host-access": "x.y.z"})

    answers = [
        await stranger.get("/contracts?linked=1&renewed=1"),
        await stranger.request("POST", "/contracts/link", data={"activation_key": "x"}),
        await forger.get("/contracts/link"),
    ]
    round_again = await forger.get("/contracts/link?renewed=1")

    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [
        (303, "/sign-in?next=%2Fcontracts%3Flinked%3D1"),
        (303, "/sign-in?next=%2Fcontracts%2Flink"),
        (303, "/sign-in?next=%2Fcontracts%2Flink"),
    ]
    assert round_again.status_code == 401


async def test_that_a_token_was_renewed_is_said_for_one_request_alone(contracts: Contracts) -> None:
    """Kept in the address, it would refuse a reload once this token has ended, too."""
    customer = await contracts.customer()
    answer = await customer.browser.get("/contracts/link?from=letter&renewed=1")

    assert (answer.status_code, answer.headers["location"]) == (303, "/contracts/link?from=letter")
    assert (await customer.browser.get(answer.headers["location"])).status_code == 200


async def test_a_form_is_taken_with_its_own_token_alone(contracts: Contracts) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    key = (await contracts.issue(contract))["key"]

    answers = [
        await customer.browser.request("POST", path, data=fields, headers=headers)
        for path, fields in (
            ("/contracts/link", {"activation_key": key}),
            ("/contracts", {"contract_id": contract["id"]}),
        )
        for headers in ({}, {"sec-fetch-site": "cross-site"})
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert await customer.contracts() == []


async def test_the_page_switches_to_nobody_elses_contract(contracts: Contracts) -> None:
    customer, other = await contracts.customer(), await contracts.customer()
    theirs = await contracts.linked(other)

    for contract_id in (theirs["id"], "x", ""):
        page = await customer.browser.submit("/contracts", contract_id=contract_id)
        assert page.status == 404
        assert page.headings == ["Ce contrat n’existe pas ou n’est pas associé à votre compte"]
    named = await customer.browser.visit(f"/contracts?linked={theirs['id']}")
    assert theirs["number"] not in named.text


async def test_too_many_keys_are_told_beside_the_field_with_the_time_to_wait(contracts: Contracts) -> None:
    customer = await contracts.customer()
    for _ in range(20):
        await customer.offer(generate_key().printed)

    shown = await customer.browser.visit("/contracts/link")
    given = {"csrf": shown.hidden("csrf"), "activation_key": generate_key().printed}
    answer = await customer.browser.request("POST", "/contracts/link", data=given)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Trop de clés refusées" in answer.text


async def test_what_a_contract_is_called_is_shown_as_it_is(contracts: Contracts) -> None:
    customer = await contracts.customer()
    await contracts.linked(customer, label="<script>alert('{{7*7}}')</script>")

    answer = await customer.browser.get("/contracts")

    assert "<script>alert" not in answer.text
    assert "<script>alert('{{7*7}}')</script>" in (await customer.browser.visit("/contracts")).text


async def test_a_portal_that_links_none_says_so_on_its_pages(contracts: Contracts) -> None:
    customer = await contracts.customer("egec")

    for path in ("/contracts", "/contracts/link"):
        assert (await customer.browser.visit(path)).status == 403
