"""A portal as its customers meet it, in the words of its document: `activate`, `sign_in`."""

import itertools
from dataclasses import dataclass, field

import httpx

from deploy.local.catcher import Catcher
from tests.support.browser import Browser
from tests.support.desk import Desk
from tests.support.password_mail import PasswordMail, holds_password, read_password_mail
from tests.support.waiting import PATIENCE

_customers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Customer:
    """A line of the customer file."""

    identifier: str
    email: str
    title: str = "M."
    name: str = "Camille Exemple"
    language: str = "fr"


def new_customer(**differs: str) -> Customer:
    """Somebody with an identifier and an address that nobody in this run has."""
    number = next(_customers)
    return Customer(**{"identifier": f"{number:010}", "email": f"camille.exemple.{number}@example.org", **differs})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`customer` is who the portal says one is."""

    customer: Customer
    browser: Browser = field(compare=False, repr=False, default=None)  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Refused:
    code: str
    text: str = field(compare=False, default="")


@dataclass(frozen=True, slots=True)
class CustomerPortal:
    """Each customer and each visitor comes from a machine of their own unless a browser is given."""

    name: str
    host: str
    http: httpx.AsyncClient
    desk: Desk
    catcher: Catcher
    known: dict[str, Customer] = field(default_factory=dict)  # by identifier

    def browser(self, speaks: str = "") -> Browser:
        return Browser(self.http, self.host, speaks=speaks)

    async def customer(self, **differs: str) -> Customer:
        """Somebody new in the customer file."""
        return (await self.customers(differs))[0]

    async def customers(self, *differs: dict[str, str]) -> list[Customer]:
        """Several."""
        made = [new_customer(**each) for each in differs]
        for customer in made:
            opened = await self.desk.open_account(self.name, customer)
            assert opened.status_code == 201, opened.text
            self.known[customer.identifier] = customer
        return made

    async def ask(self, email: str, *, browser: Browser | None = None, key: str | None = None) -> httpx.Response:
        """« Activation du compte »: the raw answer."""
        headers = {"idempotency-key": key} if key else {}
        return await (browser or self.browser()).post("/api/v1/activations", {"email": email}, headers=headers)

    async def activate(self, customer: Customer, *, browser: Browser | None = None) -> PasswordMail:
        """Asks, and waits for the mail that this brings."""
        before = {mail.id for mail in self.catcher.messages(customer.email)}
        answer = await self.ask(customer.email, browser=browser)
        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"}), answer.text
        return await self.mail(customer, besides=before)

    async def mail(self, customer: Customer, *, besides: set[str] = frozenset()) -> PasswordMail:  # type: ignore[assignment]
        """The newest mail with a password to this customer."""
        caught = await self.catcher.wait_for(
            customer.email, timeout=PATIENCE, accept=lambda mail: mail.id not in besides and holds_password(mail)
        )
        return read_password_mail(caught)

    async def sign_in(self, customer: Customer, password: str, *, browser: Browser | None = None) -> SignedIn | Refused:
        return await self.sign_in_as(customer.identifier, password, browser=browser)

    async def sign_in_as(self, login: str, password: str, *, browser: Browser | None = None) -> SignedIn | Refused:
        browser = browser or self.browser()
        answer = await browser.post("/api/v1/sessions", {"login": login, "password": password})
        if answer.status_code != 201:
            return refusal(answer)
        me = (await browser.get("/api/v1/me")).json()
        assert me["portal"] == self.name
        return SignedIn(self.known[me["identifier"]], browser)


def refusal(answer: httpx.Response) -> Refused:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return Refused(problem["code"], problem["title"])
