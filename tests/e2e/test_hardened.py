"""The hardened profile, as the default portal has it: a stranger locks nobody out, a mail lets nobody in for long, and
whoever owns an account is told of every change. That known names are not told from unknown ones: `test_neutral.py`."""

from collections.abc import Awaitable, Callable

import pytest

from shared.ids import Language
from shared.portals import load_portals
from tests.support.browser import Browser
from tests.support.customer_portal import CustomerPortal, new_customer
from tests.support.portals import DELIVERED
from tests.support.traveller import Traveller, code_of
from tests.support.world import World

CHOSEN, ANOTHER = "des étangs verts et un héron", "une chaise rouge au grenier"
PROFILE = load_portals(DELIVERED).by_name("default")

Arrive = Callable[[], Awaitable[Traveller]]


@pytest.fixture
def arrive(world: World) -> Arrive:
    """Somebody new in the customer file of the default portal."""
    portal: CustomerPortal = world.portal("default")

    async def arrive() -> Traveller:
        person = new_customer()
        assert (await portal.desk.open_account("default", person)).status_code == 201
        return Traveller(portal, PROFILE, person)

    return arrive


async def chooses(who: Traveller, browser: Browser, current: str, new: str) -> None:
    answer = await browser.request("PUT", "/api/v1/me/password", json={"current": current, "new": new})
    assert answer.status_code == 204, answer.text


async def at_home(who: Traveller) -> Browser:
    """With a password of their own."""
    temporary = await who.ask_and_read("email")
    _, browser, _ = await who.sign_in(temporary)
    await chooses(who, browser, temporary, CHOSEN)
    await who.mail("password_changed")
    return browser


async def test_a_temporary_password_opens_only_the_choice_of_another(arrive: Arrive) -> None:
    who = await arrive()
    temporary = await who.ask_and_read("code")
    status, browser, only_a_choice = await who.sign_in(temporary)
    assert (status, only_a_choice) == (201, True)

    assert code_of(await browser.get("/api/v1/me")) == (403, "password_must_be_changed")
    assert code_of(await browser.get("/api/v1/contracts")) == (
        401,
        "token_not_accepted",
    )  # it is good for nothing there
    for path in ("/account", "/account/services", "/account/address", "/contracts", "/contracts/link"):
        page = await browser.visit(path)
        assert page.headings[0] == PROFILE.texts.text("password.title", Language("fr")), path

    await chooses(who, browser, temporary, CHOSEN)
    assert (await browser.get("/api/v1/me")).status_code == 200
    assert (await browser.get("/api/v1/contracts")).status_code == 200
    assert not await who.opens(temporary)


async def test_the_old_password_is_valid_until_the_new_one_is_used_and_a_stranger_uses_none(arrive: Arrive) -> None:
    who = await arrive()
    await at_home(who)
    for _ in range(2):
        await who.ask_and_read("email")  # whoever it was
        assert await who.opens(CHOSEN)

    status, _, only_a_choice = await who.sign_in(CHOSEN)
    assert (status, only_a_choice) == (201, False)
    assert await who.opens(await who.ask_and_read("email"))
    assert not await who.opens(CHOSEN)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("motdepasse12", "password_blocklisted"),
        ("azertyuiop123", "password_blocklisted"),
        ("camille.exemple", "password_blocklisted"),
        ("Guichet Guichet", "password_blocklisted"),
        ("vif argent", "password_too_short"),
        (f"{ANOTHER} ", "password_has_outer_blank"),
        (CHOSEN, "password_unchanged"),
    ],
)
async def test_what_everybody_would_try_first_is_refused(arrive: Arrive, password: str, refusal: str) -> None:
    who = await arrive()
    browser = await at_home(who)

    answer = await browser.request("PUT", "/api/v1/me/password", json={"current": CHOSEN, "new": password})
    assert code_of(answer) == (422, refusal)


async def test_every_change_is_told_and_none_of_these_mails_holds_what_opens_the_account(
    arrive: Arrive, world: World
) -> None:
    who = await arrive()
    browser = await at_home(who)
    desk, account_id = world.desk, await world.desk.account_id("default", who.person.identifier)

    contract = await desk.register_contract("default")
    linked = await browser.post("/api/v1/contracts/links", {"activation_key": await desk.issue_key(contract)})
    assert linked.status_code == 201, linked.text
    told = [await who.mail("contract_linked")]
    assert (await desk.dissociate(contract, account_id)).status_code == 204
    told.append(await who.mail("contract_unlinked"))
    await chooses(who, browser, CHOSEN, ANOTHER)
    told.append(await who.mail("password_changed"))

    assert PROFILE.policy.verbal_release
    checks = {"checks": list(PROFILE.policy.verbal_release.checks)}
    said = (await who.at_the_desk("verbal-releases", json=checks)).json()["password"]
    told.append(await who.mail("password_released_verbally"))

    corrected = await desk.request("PATCH", f"default/accounts/{account_id}", json={"email": new_customer().email})
    assert corrected.status_code == 200, corrected.text
    told.append(await who.mail("address_changed"))
    for mail in told:
        assert not any(secret in mail.text + mail.html for secret in (CHOSEN, ANOTHER, said))
