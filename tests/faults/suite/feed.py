"""Customers who ask for passwords again and again, and ask once more, with the same key, what got no answer."""

import asyncio
import itertools
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from tests.support.browser import Browser
from tests.support.customer_portal import Customer, CustomerPortal

AGAIN = {409, 503}  # still being answered; try later
AT_ONCE = 12  # repeats
NO_ANSWER = (httpx.TransportError, AttributeError)  # the latter is anyio's, of a connection that dies while it is made


@dataclass(frozen=True, slots=True)
class Ask:
    customer: Customer
    browser: Browser  # a repeat comes from where the request came from
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


class Feed:
    def __init__(self, portal: CustomerPortal, customers: list[Customer]) -> None:
        self._portal = portal
        self.customers = customers
        self._next = itertools.cycle(customers)
        self.asked: Counter[str] = Counter()  # by identifier: keys that were used
        self.promised: Counter[str] = Counter()  # by identifier: keys that were answered 202
        self.unanswered: list[Ask] = []
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []  # answers that should not be

    async def ask(self, number: int) -> None:
        """So many at once, each of another customer."""
        asks = [Ask(customer, self._portal.browser()) for customer in itertools.islice(self._next, number)]
        self.asked.update(ask.customer.identifier for ask in asks)
        await asyncio.gather(*map(self._ask, asks))

    async def ask_again(self) -> None:
        """Some of what got no answer, the longest waiting first."""
        due, self.unanswered = self.unanswered[:AT_ONCE], self.unanswered[AT_ONCE:]
        await asyncio.gather(*map(self._ask, due))

    @asynccontextmanager
    async def flowing(self, every: float = 0.2) -> AsyncIterator[None]:
        """Two asks each `every` seconds while the block lasts, and repeats of what got no answer."""
        over = asyncio.Event()

        async def flow() -> None:
            while not over.is_set():
                await asyncio.gather(self.ask(2), self.ask_again())
                await asyncio.wait([ended], timeout=every)

        ended = asyncio.create_task(over.wait())
        flowing = asyncio.create_task(flow())
        try:
            yield
        finally:
            over.set()
            await flowing

    async def _ask(self, ask: Ask) -> None:
        try:
            answer = await self._portal.ask(ask.customer.email, browser=ask.browser, key=ask.key)
        except NO_ANSWER:
            self.unanswered.append(ask)
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code in AGAIN:
            self.unanswered.append(ask)
        elif (answer.status_code, answer.json()) == (202, {"status": "accepted"}):
            self.promised[ask.customer.identifier] += 1
        else:
            self.wrong.append(f"answered {answer.status_code}: {answer.text}")
