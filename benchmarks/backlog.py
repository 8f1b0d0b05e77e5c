"""Facts in Kafka for a notifier that was away: customers' contacts, and new passwords that are to be mailed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.customers import address, identifier
from benchmarks.peers.same_mail import FRENCH, PASSWORD
from benchmarks.portal import PORTAL
from benchmarks.world import World
from shared.events import ContactChanged, Event, PasswordRegenerated
from shared.ids import AccountId, PortalName, new_id
from shared.keys import KeyFile
from shared.outbox.publisher import open_publisher
from shared.sealing import Sealer
from shared.telemetry.traces import current_traceparent

AT_ONCE = 1000  # events handed to Kafka together

Fact = tuple[UUID, Event]


def contacts(accounts: Sequence[AccountId]) -> Iterable[Fact]:
    for number, account in enumerate(accounts):
        yield (
            new_id(),
            ContactChanged(
                account_id=account,
                portal=PortalName(PORTAL),
                version=1,
                identifier=identifier(number),
                address=address(number),
                title="Mme",
                name="Camille Exemple",
                language=FRENCH,
                shared=False,
            ),
        )


def new_passwords(world: World, accounts: Sequence[AccountId], generation: int) -> Iterable[Fact]:
    """Sealed as auth seals them; a later generation supersedes what an earlier one has not mailed yet."""
    sealer = Sealer(KeyFile(world.keys.seal_public))
    deliver_until = datetime.now(UTC) + timedelta(hours=4)
    for account in accounts:
        id_ = new_id()
        sealed = sealer.seal(
            {"password": PASSWORD},
            event_id=id_,
            account_id=account,
            generation=generation,
            deliver_until=deliver_until,
        )
        yield (
            id_,
            PasswordRegenerated(
                account_id=account,
                portal=PortalName(PORTAL),
                generation=generation,
                contact_version=1,
                deliver_until=deliver_until,
                expires_at=None,
                sealed=sealed,
            ),
        )


async def publish(world: World, facts: Iterable[Fact]) -> None:
    """As auth's relay would have."""
    rows = [_row(*fact) for fact in facts]
    async with open_publisher(world.kafka, "/guichet/auth") as publisher:
        for begin in range(0, len(rows), AT_ONCE):
            await publisher.publish(rows[begin : begin + AT_ONCE])


def _row(id_: UUID, event: Event) -> dict[str, Any]:
    """A row of the outbox."""
    return {
        "id": id_,
        "aggregatetype": event.topic.value,
        "aggregateid": event.key,
        "type": event.type,
        "payload": event.payload,
        "portal": event.portal,
        "traceparent": current_traceparent(),
        "occurred_at": datetime.now(UTC),
    }
