"""The way of a customer through any portal: from an account to a contract, as the portal's own policy says."""

import re
from dataclasses import dataclass, field, replace
from html import unescape

import httpx

from deploy.local.caught import Caught
from services.auth.http.pages.activate import asked_name
from shared.portals import Policy, Portal
from shared.portals.kinds import KINDS
from tests.support.browser import Browser
from tests.support.customer_portal import Customer, CustomerPortal, new_customer
from tests.support.waiting import PATIENCE

CODE = re.compile(r"<code[^>]*>(.*?)</code>", re.DOTALL)  # what is to be copied from a mail
CHOSEN, ANOTHER, LAST = "des étangs verts et un héron", "une chaise rouge au grenier", "deux lampes dans la cour"
GENERATED = "password_regenerated"
OF_THE_PERSON = ("/", "/help", "/account", "/account/password", "/contracts")  # pages that know who is looking


@dataclass
class Traveller:
    """One person, whose mails are read in order; each visit is from a machine of its own."""

    portal: CustomerPortal
    profile: Portal
    person: Customer
    seen: set[str] = field(default_factory=set)

    @property
    def policy(self) -> Policy:
        return self.profile.policy

    async def mail(self, kind: str) -> Caught:
        """The next mail of this kind, in the person's language or the portal's first."""
        language = self.profile.language(self.person.language)
        subject = self.profile.mails.render(kind, language, KINDS[kind].given).subject

        def is_new(mail: Caught) -> bool:
            return mail.subject == subject and mail.id not in self.seen

        caught = await self.portal.catcher.wait_for(self.person.email, timeout=PATIENCE, accept=is_new)
        self.seen.add(caught.id)
        assert caught.message["Content-Language"] == language
        return caught

    async def ask(self, name: str) -> httpx.Response:
        """« Activation du compte », by e-mail or code."""
        given = self.person.email if name == "email" else self.person.identifier
        return await self.portal.browser().post("/api/v1/activations", {name: given})

    async def ask_and_read(self, name: str) -> str:
        """What the mail brings: a password, or the token of a link."""
        answer = await self.ask(name)
        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"}), answer.text
        generates = self.policy.activation == "generated_password"
        return copied(await self.mail(GENERATED if generates else "reset_requested"))[-1]

    async def sign_in(self, password: str, name: str | None = None) -> tuple[int, Browser, bool]:
        """By `name`, or one the portal goes by. The answer's status, the browser, whether only a choice is open."""
        name = name or min(self.policy.sign_in_names)
        login = self.person.email if name == "email" else self.person.identifier
        browser = self.portal.browser()
        answer = await browser.post("/api/v1/sessions", {"login": login, "password": password})
        return answer.status_code, browser, answer.json().get("must_change_password", False)

    async def opens(self, password: str) -> bool:
        status, _, _ = await self.sign_in(password)
        assert status in (201, 401)
        return status == 201


def copied(mail: Caught) -> list[str]:
    return [unescape(code) for code in CODE.findall(mail.html)]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def journey(portal: CustomerPortal, profile: Portal, language: str) -> None:
    """Fails where the portal does not do what its policy says."""
    who = await opened_by_the_operator(portal, profile, language)
    await opened_by_its_owner(portal, profile, language)
    await is_asked_for_a_name(who)
    browser = await comes_in(who)
    await visits_every_page(who, browser)
    await links_a_contract(who, browser)
    await comes_in_again(who)


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
    assert [asked.name for asked in page.inputs] == [asked_name(who.policy)]
    for name in who.policy.activation_names:
        nobody = Traveller(who.portal, who.profile, new_customer(identifier="9" * 9 + "1"))
        answer = await nobody.ask(name)
        if who.policy.unknown_name == "told":
            assert code_of(answer) == (404, "account_not_recognised")
        else:
            assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})


async def comes_in(who: Traveller) -> Browser:
    """For the first time, by every name the portal goes by and by no other."""
    brought = await who.ask_and_read(max(who.policy.activation_names))
    generates = who.policy.activation == "generated_password"
    if generates:
        assert len(brought) == who.policy.password.length
    else:
        await chooses_by_the_link(who, brought, CHOSEN)
    password = brought if generates else CHOSEN
    for name in ("identifier", "email"):
        status, browser, only_a_choice = await who.sign_in(password, name)
        assert status == (201 if name in who.policy.sign_in_names else 401), name
        if status == 201:
            inside, temporary = browser, generates and who.policy.password.expires_after is not None
            assert only_a_choice is temporary
    assert (await inside.get("/api/v1/me")).status_code == (403 if temporary else 200)
    await changes_the_password(who, inside, password)
    return inside


async def chooses_by_the_link(who: Traveller, token: str, password: str) -> None:
    """Once."""
    given = {"token": token, "password": password}
    answer = await who.portal.browser().post("/api/v1/activations/confirm", given)
    assert answer.status_code == 204, answer.text
    await who.mail("password_changed")
    assert code_of(await who.portal.browser().post("/api/v1/activations/confirm", given)) == (410, "token_used")


async def changes_the_password(who: Traveller, browser: Browser, current: str) -> None:
    """Where that is offered; a temporary password is changed, for it opens nothing else."""
    too_short = "Xq7-vB2*kT9z"[: who.policy.chosen_password_shortest - 1]
    for new, refusal in ((too_short, (422, "password_too_short")), (ANOTHER, None)):
        answer = await browser.request("PUT", "/api/v1/me/password", json={"current": current, "new": new})
        if not who.policy.online_change:
            assert code_of(answer) == (403, "password_change_not_offered")
        elif refusal:
            assert code_of(answer) == refusal
        else:
            assert answer.status_code == 204, answer.text
            await who.mail("password_changed")
            assert not await who.opens(current)
            assert (await browser.get("/api/v1/me")).status_code == 200


async def comes_in_again(who: Traveller) -> None:
    """Asking once more, at the desk this time: the old password stops when the policy says so."""
    old = ANOTHER if who.policy.online_change else await _present(who)
    account_id = await who.portal.desk.account_id(who.portal.name, who.person.identifier)
    asked = await who.portal.desk.request("POST", f"{who.portal.name}/accounts/{account_id}/activations")
    assert asked.status_code == 202, asked.text
    generates = who.policy.activation == "generated_password"
    brought = copied(await who.mail(GENERATED if generates else "reset_requested"))[-1]

    at_once = generates and who.policy.password.former == "replaced_at_once"
    assert await who.opens(old) is not at_once
    if not generates:
        await chooses_by_the_link(who, brought, LAST)
    assert await who.opens(brought if generates else LAST)
    assert not await who.opens(old)


async def _present(who: Traveller) -> str:
    """A password its owner has used, where they cannot choose one."""
    if who.policy.activation == "reset_link":
        return CHOSEN
    password = await who.ask_and_read(min(who.policy.activation_names))
    assert await who.opens(password)
    return password


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
        ("/account/services", policy.linking, 404),
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
