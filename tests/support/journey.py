"""The way of a customer through any portal: from an account to a contract, as the portal's own policy says."""

from dataclasses import replace

import httpx

from services.auth.http.pages.activate import asked_name
from shared.portals import Portal
from tests.support.browser import Browser
from tests.support.customer_portal import CustomerPortal, new_customer
from tests.support.help_at_the_desk import has_colleagues, has_lost_the_code, is_told_on_the_telephone
from tests.support.traveller import Traveller, code_of, copied

CHOSEN, ANOTHER, LAST = "des étangs verts et un héron", "une chaise rouge au grenier", "deux lampes dans la cour"
OF_THE_PERSON = ("/", "/help", "/account", "/account/password", "/contracts")  # pages that know who is looking


async def journey(portal: CustomerPortal, profile: Portal, language: str) -> None:
    """Fails where the portal does not do what its policy says."""
    who = await opened_by_the_operator(portal, profile, language)
    await opened_by_its_owner(portal, profile, language)
    await is_asked_for_a_name(who)
    browser, password = await comes_in(who)
    await visits_every_page(who, browser)
    await links_a_contract(who, browser)
    await speaks_another_language(who, browser)
    await moves_to_another_address(who, browser, password)
    await comes_in_again(who, password)
    await has_lost_the_code(who)
    await is_told_on_the_telephone(who)
    await has_colleagues(who)


async def opened_by_the_operator(portal: CustomerPortal, profile: Portal, language: str) -> Traveller:
    given = new_customer(identifier="", language=language)
    answer = await portal.desk.open_account(portal.name, given)
    assert answer.status_code == 201, answer.text
    person = replace(given, identifier=answer.json()["identifier"])
    assert profile.policy.identifier.accepts(person.identifier)
    return Traveller(portal, profile, person)


async def opened_by_its_owner(portal: CustomerPortal, profile: Portal, language: str) -> None:
    who = Traveller(portal, profile, new_customer(language=language))
    asked = {"email": who.person.email, "name": who.person.name, "language": language}
    answer = await portal.browser().post("/api/v1/registrations", asked)
    if who.policy.accounts_opened_by != "customer":
        assert code_of(answer) == (403, "registration_not_offered")
        return
    assert answer.status_code == 202, answer.text
    (token,) = copied(await who.mail("registration_requested"))
    given = {"token": token, "password": CHOSEN}
    assert (await portal.browser().post("/api/v1/registrations/confirm", given)).status_code == 201
    status, _, only_a_choice = await who.sign_in(CHOSEN, "email")
    assert (status, only_a_choice) == (201, False)


async def is_asked_for_a_name(who: Traveller) -> None:
    """The page asks for what the portal goes by; a name nobody has is told, or answered like any other."""
    page = await who.portal.browser().visit("/activate")
    assert {asked.name for asked in page.inputs} - {"q"} == {asked_name(who.policy)}  # beside the site's search
    for name in who.policy.activation_names:
        nobody = Traveller(who.portal, who.profile, new_customer(identifier="9" * 9 + "1"))
        answer = await nobody.ask(name)
        if who.policy.unknown_name == "told":
            assert code_of(answer) == (404, "account_not_recognised")
        else:
            assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})


async def comes_in(who: Traveller) -> tuple[Browser, str]:
    """For the first time, by every name the portal goes by and by no other. With what, from then on?"""
    brought = await who.ask_and_read(max(who.policy.activation_names))
    if who.generates:
        assert len(brought) == who.policy.password.length
    else:
        await chooses_by_the_link(who, brought, CHOSEN)
    password = brought if who.generates else CHOSEN
    for name in ("identifier", "email"):
        status, browser, only_a_choice = await who.sign_in(password, name)
        assert status == (201 if name in who.policy.sign_in_names else 401), name
        if status == 201:
            inside, temporary = browser, who.generates and who.policy.password.expires_after is not None
            assert only_a_choice is temporary
    assert (await inside.get("/api/v1/me")).status_code == (403 if temporary else 200)
    return inside, await changes_the_password(who, inside, password)


async def chooses_by_the_link(who: Traveller, token: str, password: str) -> None:
    """Once."""
    given = {"token": token, "password": password}
    answer = await who.portal.browser().post("/api/v1/activations/confirm", given)
    assert answer.status_code == 204, answer.text
    await who.mail("password_changed")
    assert code_of(await who.portal.browser().post("/api/v1/activations/confirm", given)) == (410, "token_used")


async def changes_the_password(who: Traveller, browser: Browser, current: str) -> str:
    """Where that is offered; a temporary password is changed, for it opens nothing else. The one in force."""

    async def change(new: str) -> httpx.Response:
        return await browser.request("PUT", "/api/v1/me/password", json={"current": current, "new": new})

    if not who.policy.online_change:
        assert code_of(await change(ANOTHER)) == (403, "password_change_not_offered")
        return current
    too_short = "Xq7-vB2*kT9z"[: who.policy.chosen_password_shortest - 1]
    assert code_of(await change(too_short)) == (422, "password_too_short")
    assert (await change(ANOTHER)).status_code == 204
    await who.mail("password_changed")
    assert not await who.opens(current)
    assert (await browser.get("/api/v1/me")).status_code == 200
    return ANOTHER


async def comes_in_again(who: Traveller, old: str) -> None:
    """Asking once more, at the desk this time: the old password stops when the policy says so."""
    asked = await who.at_the_desk("activations")
    assert asked.status_code == 202, asked.text
    brought = await who.read()

    at_once = who.generates and who.policy.password.former == "replaced_at_once"
    assert await who.opens(old) is not at_once
    if not who.generates:
        await chooses_by_the_link(who, brought, LAST)
    assert await who.opens(brought if who.generates else LAST)
    assert not await who.opens(old)


async def speaks_another_language(who: Traveller, browser: Browser) -> None:
    language = who.profile.languages[-1]
    answer = await browser.request("PUT", "/api/v1/me/language", json={"language": language})
    if "language" not in who.policy.own_changes:
        assert code_of(answer) == (403, "change_not_offered")
        return
    assert answer.status_code == 204, answer.text
    who.person = replace(who.person, language=language)


async def moves_to_another_address(who: Traveller, browser: Browser, current: str) -> None:
    """Once the new one is confirmed; the former one is told."""
    there = Traveller(who.portal, who.profile, replace(who.person, email=new_customer().email))
    answer = await browser.post("/api/v1/me/address", {"email": there.person.email, "current": current})
    if "address" not in who.policy.own_changes:
        assert code_of(answer) == (403, "change_not_offered")
        return
    assert answer.status_code == 202, answer.text
    token = copied(await there.mail("address_change_requested"))[-1]
    confirmed = await who.portal.browser().post("/api/v1/me/address/confirm", {"token": token})
    assert confirmed.status_code == 204, confirmed.text
    await who.mail("address_changed")
    who.person = there.person


async def visits_every_page(who: Traveller, browser: Browser) -> None:
    """None of them breaks, and each is there where the policy offers it."""
    policy, language = who.policy, who.profile.language(who.person.language)
    for path, offered, otherwise in (
        ("/", True, 0),
        ("/help", True, 0),
        ("/privacy", True, 0),
        ("/activate", True, 0),
        ("/account", True, 0),
        ("/account/password", policy.online_change, 403),
        ("/account/services", policy.linking or who.profile.services, 404),
        ("/activate/confirm", policy.activation == "reset_link", 404),
        ("/contracts", policy.linking, 403),
        ("/contracts/link", policy.linking, 403),
        ("/register", policy.accounts_opened_by == "customer", 403),
    ):
        page = await browser.visit(path)
        assert page.status == (200 if offered else otherwise), path
        if offered and path in OF_THE_PERSON:
            assert page.language == language, path


async def links_a_contract(who: Traveller, browser: Browser) -> None:
    desk = who.portal.desk
    contract = await desk.register_contract(who.portal.name)
    if not who.policy.linking:
        asked = await desk.ask_for_key(contract)
        given = await desk.request(
            "POST",
            f"{who.portal.name}/contracts/{contract['id']}/keys",
            json={"request_id": asked.json().get("id", contract["id"])},
        )
        assert code_of(given) == (403, "linking_not_offered")
        offered = await browser.post("/api/v1/contracts/links", {"activation_key": "AAAA-AAAA"})
        assert code_of(offered) == (403, "linking_not_offered")
        return
    key = await desk.issue_key(contract)
    linked = await browser.post("/api/v1/contracts/links", {"activation_key": key})
    assert linked.status_code == 201, linked.text
    assert contract["number"] in (await who.mail("contract_linked")).text
