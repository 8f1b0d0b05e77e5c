"""What a test tells the notifier, and what it sees of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.notifier.deliverer.deliverer import Deliverer
from services.notifier.deps import Deps, Pace
from services.notifier.domain.backoff import Backoff
from services.notifier.handlers.take_facts import take_facts
from shared.events import ActivationMatchedSeveral, ContactChanged, Event, PasswordRegenerated
from shared.events.cloudevents import Envelope
from shared.ids import AccountId, EventId, Language, PortalName, new_id
from shared.inbox import Received
from shared.sealing import Sealer
from tests.support.waiting import until

PASSWORD = "aB3*efghZ"
TRACE = f"00-{7:032x}-{9:016x}-01"

QUICK = Pace(backoff=Backoff(pauses=(timedelta(milliseconds=30),)), patience=0.0, look=0.05, knock=(0.05,))
"""As the real one, with pauses a hundred times shorter. How long a mail may take is left as it is: a machine that is
busy must not look like a server that says nothing."""

LEFT_SOON: Mapping[str, Any] = {"lease": timedelta(seconds=2), "handed_in_within": 1.2, "grace": 0.5}
"""For servers that do say nothing."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the sample portal; `number` tells one from another."""

    number: int
    portal: PortalName
    id: AccountId = field(default_factory=lambda: AccountId(new_id()))

    @property
    def address(self) -> str:
        return f"personne{self.number}@example.org"

    def contact(self, version: int = 1, **changes: Any) -> ContactChanged:
        values = {
            "identifier": f"{self.number:010}",
            "address": self.address,
            "title": "Mme",
            "name": "Camille Exemple",
        }
        return ContactChanged(
            portal=self.portal,
            account_id=self.id,
            version=version,
            **{**values, "language": Language("fr"), "shared": False, **changes},
        )


@dataclass
class Desk:
    deps: Deps
    sealer: Sealer
    people: int = 0
    sealed_for: dict[int, EventId] = field(default_factory=dict)

    @property
    def portal(self) -> PortalName:
        return next(iter(self.deps.portals)).name

    def person(self, portal: str | None = None) -> Person:
        self.people += 1
        return Person(self.people, PortalName(portal) if portal else self.portal)

    def asking(
        self,
        kind: type[Event],
        person: Person,
        secrets: Mapping[str, str] | None = None,
        within: timedelta = timedelta(hours=4),
        **data: Any,
    ) -> tuple[Event, EventId]:
        """A fact of a kind that asks for a mail, with these secrets sealed in it, and its id."""
        event_id, deliver_until = EventId(new_id()), datetime.now(UTC) + within
        sealed = secrets and self.sealer.seal(
            secrets, event_id=event_id, account_id=person.id, generation=None, deliver_until=deliver_until
        )
        about = {"portal": person.portal, "account_id": person.id, "deliver_until": deliver_until}
        return kind.model_validate({**about, "sealed": sealed, **data}), event_id

    def password(
        self,
        person: Person,
        generation: int = 1,
        *,
        contact_version: int = 1,
        within: timedelta = timedelta(hours=4),
        password: str = PASSWORD,
        event_id: EventId | None = None,
    ) -> tuple[PasswordRegenerated, EventId]:
        """The fact, and the id its seal is bound to."""
        event_id, deliver_until = event_id or EventId(new_id()), datetime.now(UTC) + within
        sealed = self.sealer.seal(
            {"password": password},
            event_id=event_id,
            account_id=person.id,
            generation=generation,
            deliver_until=deliver_until,
        )
        event = PasswordRegenerated(
            portal=person.portal,
            account_id=person.id,
            generation=generation,
            contact_version=contact_version,
            deliver_until=deliver_until,
            expires_at=None,
            sealed=sealed,
        )
        return event, event_id

    def several(self, person: Person) -> ActivationMatchedSeveral:
        deliver_until = datetime.now(UTC) + timedelta(hours=4)
        return ActivationMatchedSeveral(
            portal=person.portal, account_id=person.id, contact_version=1, deliver_until=deliver_until
        )

    async def hears(self, *facts: Event | tuple[Event, EventId]) -> None:
        """As a batch of the inbox, which keeps away what was heard before."""
        async with self.deps.db.transaction() as tx:
            await take_facts(tx, [received(fact) for fact in facts])
        self.deps.due.ring()

    async def hears_of_erasure(self, person: Person) -> None:
        async with self.deps.db.transaction() as tx:
            await take_facts(tx, [replace(received(person.contact()), event=None)])
        self.deps.due.ring()

    async def asks(self, person: Person, generation: int = 1, **more: Any) -> None:
        """The person is known and wants a password."""
        await self.hears(person.contact(), self.password(person, generation, **more))

    @asynccontextmanager
    async def delivering(self, **pace: Any) -> AsyncIterator[None]:
        """While one deliverer works; `pace` changes how."""
        stop = asyncio.Event()
        deps = replace(self.deps, pace=replace(self.deps.pace, **pace))
        async with asyncio.TaskGroup() as tasks:
            role = tasks.create_task(Deliverer(deps).run(stop))
            try:
                yield
            finally:
                stop.set()
                await role

    async def deliveries(self, person: Person | None = None) -> list[dict[str, Any]]:
        rows = await self.deps.db.fetch(
            "select * from deliveries where $1::uuid is null or account_id = $1 order by occurred_at, id",
            person and person.id,
        )
        return [dict(row) for row in rows]

    async def states(self, person: Person | None = None) -> list[str]:
        return [row["state"] for row in await self.deliveries(person)]

    async def until_states(self, person: Person | None, *states: str) -> None:
        async def reached() -> bool:
            return await self.states(person) == list(states)

        try:
            await until(reached)
        except AssertionError:
            raise AssertionError(f"{await self.states(person)} instead of {list(states)}") from None

    async def attempts(self) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.deps.db.fetch("select * from attempts order by id")]

    async def told(self, person: Person | None = None) -> Sequence[tuple[str, dict[str, Any]]]:
        """Type and data of the facts in the outbox, in order."""
        rows = await self.deps.db.fetch(
            "select type, payload from outbox where $1::uuid is null or aggregateid = $1 order by seq",
            person and person.id,
        )
        return [(row["type"].split(".")[-2], json.loads(row["payload"])) for row in rows]


def received(fact: Event | tuple[Event, EventId]) -> Received:
    event, event_id = fact if isinstance(fact, tuple) else (fact, EventId(new_id()))
    envelope = Envelope(event_id, "/test", event.type, str(event.key), datetime.now(UTC), event.portal, TRACE)
    return Received(envelope, event, event.topic, event.key, partition=0, offset=0)
