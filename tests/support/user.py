"""A portal whose people have a code and a password apart, as they meet it: they tick a box, and read their mail."""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.caught import Caught
from tests.support.browser import Browser
from tests.support.customer_portal import CustomerPortal
from tests.support.page import Page
from tests.support.waiting import PATIENCE

PASSWORD = re.compile(r"^(?:Votre mot de passe|Your password)\u00a0?: (\S+)$", re.MULTILINE)

_users = itertools.count(1)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody in the customer file, at one machine."""

    id: str
    code: str
    email: str
    browser: Browser = field(compare=False, repr=False)
    portal: CustomerPortal = field(compare=False, repr=False)

    async def ask(self, *, password: str = "") -> Page:
        """« Envoyez-moi mon mot de passe par courriel SVP »: the page that says so."""
        return await self.browser.submit("/sign-in", login=self.code, password=password, send="yes")

    async def mailed_password(self, *, besides: str = "") -> str:
        """That of the newest mail which brings another one than `besides`."""
        mail = await self.mail(lambda mail: (password_in(mail) or besides) != besides)
        return password_in(mail) or ""

    async def new_password(self) -> str:
        """Asked for, and read in the mail."""
        before = self.passwords()
        await self.ask()
        return await self.mailed_password(besides=before[-1] if before else "")

    async def enter(self, password: str, *, browser: Browser | None = None, **fields: str) -> Page:
        """« ENTRER »: the page this leads to."""
        return await (browser or self.browser).submit("/sign-in", login=self.code, password=password, **fields)

    async def signed_in(self) -> "User":
        page = await self.enter(await self.new_password())
        assert page.headings[0] == "Mon compte", page.text
        return self

    async def ask_for_address(self, email: str, *, current: str = "", once: str = "") -> httpx.Response:
        """The raw answer; with the password of the newest mail unless another is given. `once`: Idempotency-Key."""
        body = {"email": email, "current": current or self.passwords()[-1]}
        headers = {"idempotency-key": once} if once else {}
        return await self.browser.post("/api/v1/me/address", body, headers=headers)

    async def mail(self, accept: Any) -> Caught:
        return await self.portal.catcher.wait_for(self.email, timeout=PATIENCE, accept=accept)

    def passwords(self) -> list[str]:
        """Of all mails to the address, oldest first."""
        return [found for mail in self.portal.catcher.messages(self.email) if (found := password_in(mail))]


async def new_user(portal: CustomerPortal, **details: Any) -> User:
    """As the operator's file has them; `details` are the desk's."""
    number = next(_users)
    given = {"identifier": f"Usager{number}", "email": f"usager.{number}@example.org", "name": "Camille Exemple"}
    opened = await portal.desk.request("POST", f"{portal.name}/accounts", json=given | details)
    assert opened.status_code == 201, opened.text
    account = opened.json()
    return User(account["id"], account["identifier"], account["email"], portal.browser(), portal)


def password_in(mail: Caught) -> str | None:
    found = PASSWORD.search(mail.text.replace("\r\n", "\n"))
    return found[1] if found else None
