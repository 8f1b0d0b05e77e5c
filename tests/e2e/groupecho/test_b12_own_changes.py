"""A person changes their language, and their address after confirming the new one; the old address is told (B12)."""

import asyncio
import itertools
import re
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.caught import Caught
from tests.support.browser import Browser
from tests.support.customer_portal import CustomerPortal, SignedIn, refusal
from tests.support.holder import PASSWORD, mailed_token, new_holder, signed_in
from tests.support.user import User, new_user
from tests.support.waiting import PATIENCE
from tests.support.world import World

TEMPORARY = re.compile(r"provisoire\u00a0: (\S+)")
OTHER = "une grenouille dort sous le pont"

_addresses = itertools.count(1)


def new_address() -> str:
    return f"nouvelle.adresse.{next(_addresses)}@example.org"


async def confirm(browser: Browser, token: str) -> httpx.Response:
    return await browser.post("/api/v1/me/address/confirm", {"token": token})


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, refusal(answer).code


async def temporary_password(portal: CustomerPortal, email: str, *, besides: str = "") -> str:
    """Asked for by anybody, and mailed."""
    await portal.ask(email)

    def found(mail: Caught) -> str:
        return next((word for word in TEMPORARY.findall(mail.text) if word != besides), "")

    return found(await portal.catcher.wait_for(email, timeout=PATIENCE, accept=lambda mail: bool(found(mail))))


async def test_b12_a_person_changes_their_language_and_is_written_to_in_it(user: User) -> None:
    await user.signed_in()
    before = await user.browser.visit("/account")
    changed = await user.browser.request("PUT", "/api/v1/me/language", json={"language": "en"})

    assert changed.status_code == 204
    assert (before.language, (await user.browser.visit("/account")).language) == ("fr", "en")
    await user.portal.browser().submit("/sign-in", login=user.code, password="", send="yes")
    await user.mail(lambda mail: "Your password: " in mail.text)


async def test_b12_the_language_is_changed_by_a_button_of_the_accounts_page(user: User) -> None:
    await user.signed_in()
    page = await user.browser.visit("/account")
    form = {"csrf": page.hidden("csrf"), "language": "en"}
    answer = await user.browser.request("POST", "/account/language", data=form)

    assert "English" in page.buttons
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert (await user.browser.visit("/account")).headings[0] == "My account"
    assert (await user.browser.get("/api/v1/me")).json()["language"] == "en"


@pytest.mark.parametrize("language", ["de", "", "FR", "x" * 17])
async def test_b12_a_language_the_portal_does_not_speak_is_refused(user: User, language: str) -> None:
    await user.signed_in()
    answer = await user.browser.request("PUT", "/api/v1/me/language", json={"language": language})

    assert code_of(answer) == (422, "fields_invalid")
    assert (await user.browser.get("/api/v1/me")).json()["language"] == "fr"


async def test_b12_the_address_changes_once_the_new_one_is_confirmed_and_the_old_one_is_told(user: User) -> None:
    await user.signed_in()
    new, former = new_address(), user.email
    page = await user.browser.submit("/account/address", email=new, current=user.passwords()[-1])
    assert "Un courriel vient d’être envoyé à la nouvelle adresse." in page.text
    path, token = await mailed_token(user.portal, new)
    assert path == "/account/address/confirm"
    assert former in (await user.browser.visit("/account")).text, "until it is confirmed"

    elsewhere = user.portal.browser()  # where the mail is read, nobody need be signed in
    await elsewhere.visit(path)
    done = await elsewhere.submit(path, token=token)

    assert (done.status, done.headings[0]) == (200, "Votre adresse est changée")
    account = await user.browser.visit("/account")
    assert new in account.text
    assert former not in account.text
    told = await user.mail(lambda mail: "vient d’être changée" in mail.text)
    assert new not in told.text, "whoever reads the old one need not know the new one"
    before = len(user.passwords())
    await user.ask()
    await user.portal.catcher.wait_for(new, timeout=PATIENCE, accept=lambda mail: "mot de passe" in mail.text)
    assert len(user.passwords()) == before


async def test_b12_the_old_address_is_told_in_the_persons_language(groupecho: CustomerPortal) -> None:
    user = await new_user(groupecho, language="en")
    await user.ask()
    page = await user.enter(await user.mailed_password())
    assert page.headings[0] == "My account"
    new = new_address()
    assert (await user.ask_for_address(new)).status_code == 202
    assert (await confirm(user.browser, (await mailed_token(groupecho, new))[1])).status_code == 204

    await user.mail(lambda mail: "has just been changed" in mail.text)


async def test_b12_a_token_works_once_and_only_the_last_one(shared_world: World, user: User) -> None:
    await user.signed_in()
    first, second, third = new_address(), new_address(), new_address()
    tokens = []
    for email in (first, second):
        assert (await user.ask_for_address(email)).status_code == 202
        tokens.append((await mailed_token(user.portal, email))[1])

    answers = [await confirm(user.browser, token) for token in (*tokens, tokens[1], "jetondepersonne")]
    assert [answer.status_code for answer in answers] == [410, 204, 410, 404]
    assert [refusal(answer).code for answer in (answers[0], answers[2], answers[3])] == [
        "token_used",
        "token_used",
        "token_not_recognised",
    ]

    assert (await user.ask_for_address(third)).status_code == 202
    token = (await mailed_token(user.portal, third))[1]
    await shared_world.in_auth("update address_changes set expires_at = now() where email = $1", third)
    assert code_of(await confirm(user.browser, token)) == (410, "token_expired")


async def test_b12_without_the_password_nobody_changes_the_address(user: User) -> None:
    await user.signed_in()
    wrong = await user.ask_for_address(new_address(), current="fG69a*6jH")
    page = await user.browser.submit("/account/address", email=new_address(), current="fG69a*6jH")
    stranger = await user.portal.browser().post("/api/v1/me/address", {"email": new_address(), "current": "x"})

    assert code_of(wrong) == (403, "current_password_wrong")
    assert (page.status, "Ce n’est pas votre mot de passe actuel" in page.text) == (403, True)
    assert code_of(stranger) == (401, "not_signed_in")


@pytest.mark.parametrize("email", ["personne", "a@b,c@d", "\u00e9t\u00e9@example.org", "x\r\ny@example.org", " "])
async def test_b12_what_is_no_address_is_refused_beside_its_field(user: User, email: str) -> None:
    await user.signed_in()
    page = await user.browser.submit("/account/address", email=email, current=user.passwords()[-1])

    assert page.status == 422
    assert code_of(await user.ask_for_address(email)) == (422, "fields_invalid")


async def test_b12_the_address_one_has_is_no_other(user: User) -> None:
    await user.signed_in()
    assert code_of(await user.ask_for_address(user.email)) == (422, "address_unchanged")


async def test_b12_a_new_password_ends_what_was_asked_for_with_the_former_one(user: User) -> None:
    """Whoever knew the former one has no way left to the account."""
    await user.signed_in()
    new = new_address()
    assert (await user.ask_for_address(new)).status_code == 202
    token = (await mailed_token(user.portal, new))[1]
    await user.new_password()

    assert code_of(await confirm(user.browser, token)) == (410, "token_expired")


async def test_b12_what_was_mailed_to_the_old_address_and_not_used_ends(shared_world: World) -> None:
    portal = shared_world.portal("default")
    customer = await portal.customer()
    temporary = await temporary_password(portal, customer.email)
    at_home = portal.browser()
    assert (await at_home.post("/api/v1/sessions", {"login": customer.email, "password": temporary})).status_code == 201
    chosen = {"current": temporary, "new": PASSWORD}
    assert (await at_home.request("PUT", "/api/v1/me/password", json=chosen)).status_code == 204

    new = new_address()
    asked = await at_home.post("/api/v1/me/address", {"email": new, "current": PASSWORD})
    assert asked.status_code == 202, asked.text
    token = (await mailed_token(portal, new))[1]
    under_way = await temporary_password(portal, customer.email, besides=temporary)  # by who reads the old address
    assert (await confirm(at_home, token)).status_code == 204

    answers = [
        await portal.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": password})
        for password in (under_way, PASSWORD)
    ]
    assert [answer.status_code for answer in answers] == [401, 201]


async def test_b12_a_link_on_its_way_to_the_old_address_ends(shared_world: World) -> None:
    ecocito = shared_world.portal("ecocito")
    holder = await new_holder(ecocito)
    _, used = await mailed_token(ecocito, holder.email)
    new = new_address()
    assert (await holder.browser.post("/api/v1/me/address", {"email": new, "current": PASSWORD})).status_code == 202
    token = (await mailed_token(ecocito, new))[1]
    await ecocito.ask(holder.email)
    _, link = await mailed_token(ecocito, holder.email, besides=used)
    assert (await confirm(holder.browser, token)).status_code == 204

    chosen = await ecocito.browser().post("/api/v1/activations/confirm", {"token": link, "password": OTHER})
    assert chosen.status_code == 410
    await signed_in(ecocito, new, PASSWORD)
    former = await ecocito.browser().post("/api/v1/sessions", {"login": holder.email, "password": PASSWORD})
    assert refusal(former).code == "credentials_not_recognised"


async def test_b12_an_address_that_is_anothers_is_answered_alike_and_not_taken_from_them(shared_world: World) -> None:
    """Where people sign in by their addresses. Only whoever reads it learns that it is somebody's."""
    ecocito = shared_world.portal("ecocito")
    holder, other = await new_holder(ecocito), await new_holder(ecocito)
    _, used = await mailed_token(ecocito, other.email)
    answers = [
        await holder.browser.post("/api/v1/me/address", {"email": email, "current": PASSWORD})
        for email in (new_address(), other.email)
    ]
    assert answers[0].content == answers[1].content
    assert [answer.status_code for answer in answers] == [202, 202]

    path, token = await mailed_token(ecocito, other.email, besides=used)
    assert code_of(await confirm(holder.browser, token)) == (409, "address_taken")
    page = await holder.browser.submit(path, token=token)
    assert (page.status, "Un autre compte a déjà cette adresse" in page.text) == (409, True)
    await signed_in(ecocito, other.email, PASSWORD)
    await signed_in(ecocito, holder.email, PASSWORD)


async def test_b12_of_two_who_confirm_one_address_at_once_one_gets_it(shared_world: World) -> None:
    ecocito = shared_world.portal("ecocito")
    holders = [await new_holder(ecocito), await new_holder(ecocito)]
    new, tokens = new_address(), list[str]()
    for holder in holders:
        body = {"email": new, "current": PASSWORD}
        assert (await holder.browser.post("/api/v1/me/address", body)).status_code == 202
        tokens.append((await mailed_token(ecocito, new, besides=tokens[0] if tokens else ""))[1])

    both = zip(holders, tokens, strict=True)
    answers = await asyncio.gather(*(confirm(holder.browser, token) for holder, token in both))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_b12_where_people_sign_in_by_code_several_may_have_one_address(user: User) -> None:
    other = await new_user(user.portal)
    await user.signed_in()
    assert (await user.ask_for_address(other.email)).status_code == 202
    token = (await mailed_token(user.portal, other.email))[1]

    assert (await confirm(user.browser, token)).status_code == 204


async def test_b12_a_shared_mailbox_stays_one_for_whoever_comes_to_it(user: User) -> None:
    new = new_address()
    flagged = await user.portal.desk.request("PUT", f"groupecho/mailboxes/{new}/shared", json={"shared": True})
    assert flagged.status_code == 204
    await user.signed_in()
    assert (await user.ask_for_address(new)).status_code == 202
    assert (await confirm(user.browser, (await mailed_token(user.portal, new))[1])).status_code == 204
    password = user.passwords()[-1]
    await user.ask()

    assert (await user.enter(password, browser=user.portal.browser())).status == 200, "nothing was regenerated"
    shown = await user.portal.desk.request("GET", f"groupecho/accounts/{user.id}")
    assert (shown.json()["email"], shown.json()["shared_mailbox"]) == (new, True)


async def test_b12_asking_is_limited_and_a_repeat_is_done_once(user: User) -> None:
    await user.signed_in()
    new, once = new_address(), uuid4().hex
    repeated = [await user.ask_for_address(new, once=once) for _ in range(2)]
    others = [await user.ask_for_address(new) for _ in range(5)]

    assert [answer.status_code for answer in (*repeated, *others)] == [202] * 6 + [429]
    assert int(others[-1].headers["retry-after"]) > 0


async def test_b12_each_change_is_in_the_audit_without_anybodys_address(shared_world: World, user: User) -> None:
    await user.signed_in()
    new = new_address()
    await user.browser.request("PUT", "/api/v1/me/language", json={"language": "en"})
    await user.ask_for_address(new)
    await confirm(user.browser, (await mailed_token(user.portal, new))[1])

    rows = await shared_world.in_auth("select * from audit where account_id = $1 order by seq", UUID(user.id))
    actions = [row["action"] for row in rows]
    assert actions[-3:] == ["language_changed", "address_change_asked", "address_changed"]
    assert not any(address in str(dict(row)) for row in rows for address in (new, user.email))


async def test_b12_where_the_portal_lets_nobody_change_them_both_are_refused(shared_world: World) -> None:
    portal = shared_world.portal("unchanging")
    customer = await portal.customer()
    password = (await portal.activate(customer)).password
    inside = await portal.sign_in(customer, password)
    assert isinstance(inside, SignedIn)
    body = {"email": new_address(), "current": password}
    answers = [
        await inside.browser.request("PUT", "/api/v1/me/language", json={"language": "en"}),
        await inside.browser.post("/api/v1/me/address", body),
        await confirm(inside.browser, "x" * 26),
    ]

    assert [code_of(answer) for answer in answers] == [(403, "change_not_offered")] * 3
    assert [(await inside.browser.visit(f"/account/address{path}")).status for path in ("", "/confirm")] == [403, 403]
    account = await inside.browser.visit("/account")
    assert "Changer d’adresse de courriel" not in account.links
    assert "English" not in account.buttons


async def test_b12_signing_out_everywhere_ends_every_session_and_token(user: User) -> None:
    await user.signed_in()
    other_device = user.portal.browser()
    await user.enter(user.passwords()[-1], browser=other_device)
    entered = {"login": user.code, "password": user.passwords()[-1]}
    program = await user.portal.browser().post("/api/v1/sessions", entered)
    bearer = {"authorization": f"Bearer {program.json()['access_token']}"}
    me = "/api/v1/me"
    assert [(await browser.get(me)).status_code for browser in (user.browser, other_device)] == [200, 200]

    assert (await user.browser.request("DELETE", "/api/v1/sessions")).status_code == 204

    assert [(await browser.get(me)).status_code for browser in (user.browser, other_device)] == [401, 401]
    assert (await user.portal.browser().get(me, headers=bearer)).status_code == 401
