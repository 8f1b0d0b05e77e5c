"""Somebody on the way through any portal: asks, reads the mails that come, and signs in."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from deploy.local.caught import Caught
from shared.portals import Policy, Portal
from shared.portals.kinds import KINDS
from tests.support.browser import Browser
from tests.support.customer_portal import Customer, CustomerPortal
from tests.support.waiting import PATIENCE

CODE = re.compile(r"<code[^>]*>(.*?)</code>", re.DOTALL)  # what is to be copied from a mail


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

    @property
    def generates(self) -> bool:
        return self.policy.activation == "generated_password"

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
        """What the mail brings."""
        answer = await self.ask(name)
        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"}), answer.text
        return await self.read()

    async def read(self) -> str:
        """The password, or the token of the link, that a mail brings."""
        return copied(await self.mail("password_regenerated" if self.generates else "reset_requested"))[-1]

    async def at_the_desk(self, what: str, **content: Any) -> httpx.Response:
        """Something the desk does for this account."""
        desk, portal = self.portal.desk, self.portal.name
        account_id = await desk.account_id(portal, self.person.identifier)
        return await desk.request("POST", f"{portal}/accounts/{account_id}/{what}", **content)

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
