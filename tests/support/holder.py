"""A portal that links contracts as its customers meet it: they open accounts themselves, and hold contracts."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from deploy.local.caught import Caught
from tests.support.browser import Browser
from tests.support.customer_portal import CustomerPortal
from tests.support.waiting import PATIENCE

PASSWORD = "des étangs verts et un héron"
LINK = re.compile(r"(?:https?://)?[\w.:-]+(/(?:register|activate|account/address)/confirm)#([\w-]+)")

_people = itertools.count(1)

Contract = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with an account of their own making, signed in at one machine."""

    id: str
    email: str
    password: str
    browser: Browser = field(compare=False, repr=False)
    portal: CustomerPortal = field(compare=False, repr=False)

    async def offer(self, key: str, *, once: str | None = None) -> httpx.Response:
        """An activation key. `once`: the Idempotency-Key."""
        headers = {"idempotency-key": once} if once else {}
        return await self.browser.post("/api/v1/contracts/links", {"activation_key": key}, headers=headers)

    async def switch(self, contract: Contract) -> httpx.Response:
        return await self.browser.request("PUT", "/api/v1/contracts/active", json={"contract_id": contract["id"]})

    async def contracts(self) -> list[dict[str, Any]]:
        answer = await self.browser.get("/api/v1/contracts")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def numbers(self) -> list[str]:
        return [contract["number"] for contract in await self.contracts()]

    async def active(self) -> str | None:
        """The number of the contract they look at."""
        return next((contract["number"] for contract in await self.contracts() if contract["active"]), None)

    async def key_for(self, **details: str) -> tuple[Contract, str]:
        """A contract that is nobody's yet, and the key the operator gives for it."""
        contract = await self.portal.desk.register_contract(self.portal.name, **details)
        return contract, await self.portal.desk.issue_key(contract)

    async def linked(self, **details: str) -> Contract:
        """One more contract, by a key of its own."""
        contract, key = await self.key_for(**details)
        answer = await self.offer(key)
        assert answer.status_code == 201, answer.text
        return contract

    async def on_another_device(self) -> "Holder":
        return replace(self, browser=await signed_in(self.portal, self.email, self.password))

    def mails(self, about: Contract) -> list[Caught]:
        """Those that name the contract, oldest first."""
        return [mail for mail in self.portal.catcher.messages(self.email) if about["number"] in mail.text]

    async def mail(self, accept: Callable[[Caught], bool]) -> Caught:
        return await self.portal.catcher.wait_for(self.email, timeout=PATIENCE, accept=accept)

    async def mail_saying(self, *words: str) -> Caught:
        return await self.mail(lambda mail: all(word in mail.text for word in words))


async def new_holder(portal: CustomerPortal, *, name: str = "Camille Exemple", language: str = "fr") -> Holder:
    """Opens an account with the mail's token, and signs in."""
    email, browser = new_email(), portal.browser()
    await register(portal, email, name=name, language=language, browser=browser)
    _, token = await mailed_token(portal, email)
    opened = await browser.post("/api/v1/registrations/confirm", {"token": token, "password": PASSWORD})
    assert opened.status_code == 201, opened.text
    at_home = await signed_in(portal, email, PASSWORD, browser=browser)
    return Holder(opened.json()["id"], email, PASSWORD, at_home, portal)


def new_email() -> str:
    return f"titulaire.{next(_people)}@example.org"


async def register(
    portal: CustomerPortal,
    email: str,
    *,
    name: str = "Camille Exemple",
    language: str = "fr",
    browser: Browser | None = None,
) -> httpx.Response:
    asked = {"email": email, "name": name, "language": language}
    answer = await (browser or portal.browser()).post("/api/v1/registrations", asked)
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"}), answer.text
    return answer


async def mailed_token(portal: CustomerPortal, email: str, *, besides: str = "") -> tuple[str, str]:
    """The path of the newest mail's link, and the token in its fragment; another one than `besides`."""

    def is_new(mail: Caught) -> bool:
        found = LINK.search(mail.text)
        return found is not None and found[2] != besides

    mail = await portal.catcher.wait_for(email, timeout=PATIENCE, accept=is_new)
    found = LINK.search(mail.text)
    assert found
    return found[1], found[2]


async def signed_in(portal: CustomerPortal, email: str, password: str, *, browser: Browser | None = None) -> Browser:
    browser = browser or portal.browser()
    answer = await browser.post("/api/v1/sessions", {"login": email, "password": password})
    assert answer.status_code == 201, answer.text
    return browser
