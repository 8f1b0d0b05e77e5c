"""B7: « did my mail leave? », from the request to the mail server's reply, while the person is on the telephone."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from services.notifier.domain.backoff import Backoff
from tests.integration.notifier.desk import QUICK
from tests.support.chromium import DESK, TELEPHONE, Tab, follow, open_tab, press
from tests.support.colleague import Colleague, new_colleague
from tests.support.customer_portal import Customer, CustomerPortal
from tests.support.desk import HOST
from tests.support.ground import Ground
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.waiting import until
from tests.support.world import World

LATER = "451 4.7.1 Greylisted, try again in 15 seconds"
PATIENT = replace(QUICK, backoff=Backoff(pauses=(timedelta(milliseconds=30), timedelta(hours=1))))
"""After a first try that fails, another one at once; after that, when somebody says so."""
SOON = 2.0  # seconds from a try to the page that shows it


@dataclass(frozen=True, slots=True)
class Scene:
    """A world whose mail server the test scripts."""

    world: World
    server: SmtpServer
    egec: CustomerPortal

    async def asked(self, times: int = 1, **replies: str) -> tuple[Customer, str]:
        """Somebody who asked that often for a password, and their account. `replies`: what the mail server says."""
        customer = await self.egec.customer()
        self.server.for_recipient[customer.email] = dict(replies)
        for number in range(1, times + 1):
            assert (await self.egec.ask(customer.email)).status_code == 202
            await until(partial(self._has_mails, customer, number))
        return customer, await self.world.desk.account_id("egec", customer.identifier)

    async def _has_mails(self, customer: Customer, number: int) -> bool:
        return len(await self.world.deliveries(customer)) == number

    async def came_to(self, customer: Customer, *states: str) -> None:
        """And rests there: after a first try that failed another one follows."""

        async def rests() -> bool:
            found, soon = await self.world.deliveries(customer), datetime.now(UTC) + timedelta(minutes=1)
            due = [row for row in found if row["due_at"] and row["due_at"] < soon]
            return [row["state"] for row in found] == list(states) and not due

        await until(rests)

    async def timeline(self, account: str) -> dict[str, Any]:
        answer = await self.world.desk.request("GET", f"egec/timelines/{account}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def retry(self, account: str) -> None:
        """The newest mail, as an operator's program does."""
        newest = (await self.timeline(account))["newest"]["delivery_id"]
        answer = await self.world.desk.request("POST", f"egec/deliveries/{newest}/retry")
        assert answer.status_code == 202, answer.text

    def at(self, path: str) -> str:
        return f"http://{HOST}:{self.world.http.base_url.port}{path}"


@pytest_asyncio.fixture(scope="module")
async def scene(ground: Ground) -> AsyncIterator[Scene]:
    async with (
        run_smtp_server(SmtpServer()) as server,
        ground.world(smtp_port=server.port, pace=PATIENT) as world,
    ):
        yield Scene(world, server, world.portal("egec"))


async def test_b7_a_mail_deferred_and_then_accepted_is_told_from_its_event_to_the_servers_reply(scene: Scene) -> None:
    scene.server.once["rcpt"].append(LATER)
    customer, account = await scene.asked()
    await scene.came_to(customer, "sent")
    [event] = await scene.world.in_notifier("select caused_by from deliveries where account_id = $1", account)

    told = await scene.timeline(account)

    assert (told["left"], told["why"]) == ("yes", "sent")
    requested, deferred, accepted = told["items"]
    assert (requested["kind"], requested["mail"]) == ("requested", "password_regenerated")
    assert requested["event_id"] == str(event["caused_by"])
    assert (deferred["kind"], f"{deferred['code']} {deferred['words']}") == ("deferred", LATER)
    assert (accepted["kind"], accepted["code"], accepted["attempt"]) == ("sent", 250, 2)


async def test_b7_what_a_newer_request_cancelled_says_so(scene: Scene) -> None:
    customer, account = await scene.asked(2, rcpt=LATER)
    await scene.came_to(customer, "superseded", "deferred")

    told = await scene.timeline(account)

    assert (told["left"], told["why"]) == ("waiting", "deferred")
    assert told["newest"]["next_at"]
    [superseded] = [item for item in told["items"] if item["kind"] == "superseded"]
    assert superseded["delivery_id"] != told["newest"]["delivery_id"]


async def test_b7_what_was_kept_from_a_shared_mailbox_says_so(scene: Scene) -> None:
    customer, account = await scene.asked(rcpt=LATER)
    await scene.world.desk.request("PATCH", f"egec/accounts/{account}", json={"shared_mailbox": True})
    await scene.came_to(customer, "withheld")

    told = await scene.timeline(account)

    assert (told["left"], told["why"], told["items"][-1]["kind"]) == ("no", "withheld", "withheld")


async def signed_in(scene: Scene, tab: Tab, path: str) -> Colleague:
    """A supervisor, from the page they want, by the sign-in page, back to it."""
    world = scene.world
    colleague = await new_colleague(world.http, world.auth_database.url, world.keys.token_private, "supervisor")
    page = tab.page
    await page.goto(scene.at(path))
    await page.get_by_label("Votre nom d’utilisateur").fill(colleague.login)
    await page.get_by_label("Votre mot de passe").fill(colleague.password)
    await page.get_by_label("Le code de votre application").fill(colleague.code())
    await page.keyboard.press("Enter")
    await page.wait_for_url(scene.at(path))
    return colleague


async def test_b7_a_new_try_shows_within_two_seconds(scene: Scene, chromium: Browser) -> None:
    """Of three, the quickest: this machine may have other things to do."""
    customer, account = await scene.asked(rcpt=LATER)
    took: list[float] = []
    async with open_tab(chromium) as tab:
        await signed_in(scene, tab, f"/timelines/{account}")
        tries = tab.page.get_by_text("Différé")
        for number in (3, 4, 5):
            await expect(tries).to_have_count(number - 1)
            await scene.retry(account)
            await expect(tries).to_have_count(number)
            shown = time.time()
            [last] = await scene.world.in_notifier(
                "select max(t.ended_at) as at from attempts t join deliveries d on d.id = delivery_id"
                " where account_id = $1",
                account,
            )
            took.append(shown - last["at"].timestamp())
        scene.server.for_recipient[customer.email] = {}
        await scene.retry(account)
        await expect(tab.page.get_by_role("status")).to_contain_text(
            "Oui, le courriel « Nouveau mot de passe » est parti"
        )
        assert tab.wrong == []
    assert min(took) <= SOON


async def test_b7_without_a_script_it_shows_on_reload(scene: Scene, chromium: Browser) -> None:
    customer, account = await scene.asked(rcpt=LATER)
    async with open_tab(chromium, scripts=False) as tab:
        await signed_in(scene, tab, f"/timelines/{account}")
        await expect(tab.page.get_by_role("status")).to_contain_text("Pas encore")
        scene.server.for_recipient[customer.email] = {}
        await scene.retry(account)
        await scene.came_to(customer, "sent")
        await tab.page.reload()
        await expect(tab.page.get_by_role("status")).to_contain_text("Oui")


async def test_b7_a_page_nobody_looks_at_asks_for_nothing(scene: Scene, chromium: Browser) -> None:
    _, account = await scene.asked(rcpt=LATER)
    async with open_tab(chromium) as tab:
        page, path = tab.page, scene.at(f"/timelines/{account}")
        await signed_in(scene, tab, f"/timelines/{account}")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.url == path else None)
        await until(lambda: len(asked) >= 2)

        await turn(tab, hidden=True)
        await page.clock.install()
        before = len(asked)
        await page.clock.run_for(60_000)
        assert len(asked) == before

        await turn(tab, hidden=False)
        await until(lambda: len(asked) > before)


async def turn(tab: Tab, *, hidden: bool) -> None:
    """Away from the page, or back to it."""
    await tab.page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


async def test_b7_a_page_whose_token_ran_out_says_that_it_stopped(scene: Scene, chromium: Browser) -> None:
    """It renews nobody's session: who is away from their desk is signed out in time."""
    _, account = await scene.asked(rcpt=LATER)
    async with open_tab(chromium) as tab:
        await signed_in(scene, tab, f"/timelines/{account}")
        stopped = tab.page.get_by_text("Cette page ne se met plus à jour.")
        await expect(stopped).to_be_hidden()
        await tab.context.clear_cookies(name="__Host-access")
        await expect(stopped).to_be_visible()
        await tab.assert_well()
        await follow(tab.page, "Recharger")
        await expect(stopped).to_be_hidden()


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_the_pages_about_mails_are_for_everybody(scene: Scene, chromium: Browser, width: int) -> None:
    customer, account = await scene.asked(rcpt="550 5.1.1 no such person")
    await scene.came_to(customer, "rejected")
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await signed_in(scene, tab, f"/timelines/{account}")
        await expect(page.get_by_role("status")).to_contain_text("Non, le courriel")
        await tab.assert_well()

        await follow(page, "Nouveau mot de passe")
        await tab.assert_well()
        scene.server.for_recipient[customer.email] = {}
        await press(page, "Présenter de nouveau")
        await expect(page.get_by_role("status")).to_contain_text("Le courriel est présenté de nouveau.")
        await tab.assert_well()

        await follow(page, "Retour aux courriels")
        await page.get_by_label("Portail").select_option("eGEC")
        await press(page, "Filtrer")
        await tab.assert_well()
        await follow(page, "Suspendre les envois de eGEC")
        await tab.assert_well()
        await press(page, "Suspendre les envois")
        await expect(page.get_by_role("status")).to_have_text("Les envois de eGEC sont suspendus.")
        await tab.assert_well()
        await follow(page, "Reprendre les envois de eGEC")
        await press(page, "Reprendre les envois")
        await expect(page.get_by_role("status")).to_have_text("Les envois de eGEC reprennent.")


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
async def test_what_each_service_shows_of_itself_is_for_everybody(scene: Scene, chromium: Browser, width: int) -> None:
    _, account = await scene.asked()
    async with open_tab(chromium, width=width) as tab:
        page = tab.page
        await signed_in(scene, tab, f"/audit/auth?account={account}")
        await expect(page.get_by_role("table")).to_contain_text("Activation demandée")
        await tab.assert_well()
        for name in ("Contrats", "Courriels", "Comptes"):
            await page.get_by_role("navigation", name="Services").get_by_role("link", name=name).click()
            await tab.assert_well()
        await page.goto(scene.at("/audit/auth?account=nobody"))
        await tab.assert_well()
        for service in ("auth", "contracts", "notifier"):
            await page.goto(scene.at(f"/dead-letters/{service}"))
            await expect(page.get_by_role("main")).to_contain_text("Aucun message ici.")
            await tab.assert_well()
