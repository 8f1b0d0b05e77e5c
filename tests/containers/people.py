"""Customers and the desk of a system in containers: through its proxy, and with its mailboxes."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from deploy.local.caught import Caught
from deploy.local.mailbox import Accept, any_mail
from tests.containers.system import System
from tests.support.customer_portal import Customer, CustomerPortal
from tests.support.desk import Desk
from tests.support.holder import signed_in
from tests.support.password_mail import PasswordMail
from tests.support.waiting import PATIENCE, until

Portals = Callable[[str], CustomerPortal]


@dataclass(frozen=True, slots=True)
class Mailpit:
    """Speaks as the tests' own catcher does."""

    http: httpx.Client

    def messages(self, to: str | None = None) -> list[Caught]:
        """Oldest first."""
        listed = self.http.get("/api/v1/messages", params={"limit": 10_000}).json()["messages"]
        return [self._caught(one) for one in reversed(listed) if to is None or to in _recipients(one)]

    async def wait_for(self, to: str, *, timeout: float = PATIENCE, accept: Accept = any_mail) -> Caught:
        """The newest that is accepted."""

        def newest() -> Caught | None:
            return next((mail for mail in reversed(self.messages(to)) if accept(mail)), None)

        found = await until(newest, timeout)
        assert found
        return found

    def _caught(self, listed: dict[str, Any]) -> Caught:
        raw = self.http.get(f"/api/v1/message/{listed['ID']}/raw").content
        received = datetime.fromisoformat(listed["Created"])
        return Caught(listed["ID"], listed["From"]["Address"], _recipients(listed), received, raw)


@asynccontextmanager
async def people_of(system: System) -> AsyncIterator[Portals]:
    """Who is at the desk is a program with every scope, as `guichet clients` makes one."""
    made = json.loads(system.guichet("auth", "clients", "create", "tests", "--all", "--json"))
    with httpx.Client(base_url=f"http://127.0.0.1:{system.mails}", timeout=30) as mails:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{system.portals}", timeout=30) as http:
            desk = Desk(http, made["client_id"], made["client_secret"])
            yield lambda name: CustomerPortal(name, f"{name}.localhost", http, desk, Mailpit(mails))  # type: ignore[arg-type]


def _recipients(listed: dict[str, Any]) -> tuple[str, ...]:
    return tuple(to["Address"] for to in listed["To"])


async def main_job(system: System, portals: Portals, address: str) -> PasswordMail:
    """A customer is imported, asks for a password, reads the mail, and signs in with what it says."""
    system.import_customers("egec", ("", address))
    return await come_in(portals("egec"), address)


async def come_in(portal: CustomerPortal, address: str) -> PasswordMail:
    """Who was imported."""
    mail = await portal.activate(Customer("", address))
    await signed_in(portal, mail.identifier, mail.password)
    return mail
