"""Whom the desk's pages are about, and how a page of theirs is reached."""

from collections.abc import Awaitable, Callable

from tests.integration.auth_http.conftest import Auth
from tests.support.colleague import Colleague
from tests.support.customer_portal import Customer
from tests.support.page import Page

SignedIn = Callable[..., Awaitable[Colleague]]
ACTIONS = (
    "/activation",
    "/code-mail",
    "/code-requests",
    "/verbal-release",
    "/mailbox",
    "/details",
    "/close",
    "/reopen",
)


async def path(auth: Auth, customer: Customer, portal: str = "egec") -> str:
    return f"/accounts/{await auth.desk.account_id(portal, customer.identifier)}"


async def met(auth: Auth, colleague: Colleague, customer: Customer, portal: str = "egec") -> Page:
    return await colleague.browser.visit(await path(auth, customer, portal))


async def share(auth: Auth, customer: Customer, portal: str = "egec") -> None:
    """Several people read the customer's mails."""
    answer = await auth.desk.request("PUT", f"{portal}/mailboxes/{customer.email}/shared", json={"shared": True})
    assert answer.status_code == 204, answer.text
