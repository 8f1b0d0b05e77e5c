"""What an unknown name writes where the portal does not tell: rows like a known one's, in tables nobody reads.

The statements are those of `credentials` and of the outbox with the table's name changed: they cannot drift apart.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from services.auth.domain.credentials import Credential
from services.auth.sql import credentials
from shared import outbox
from shared.db import Transaction
from shared.events import Event
from shared.outbox import Lane
from shared.outbox.insert import INSERT_ALL as INSERT_EVENTS
from shared.telemetry.traces import current_traceparent

InsertEvents = Callable[[Transaction, Sequence[Event], Sequence[UUID]], Awaitable[None]]

SAVE_CREDENTIAL = credentials.SAVE.replace("into credentials", "into decoy_credentials")
INSERT_ALL = INSERT_EVENTS.replace("into outbox", "into decoy_events")


async def save_decoy_credential(tx: Transaction, credential: Credential) -> None:
    await tx.execute(SAVE_CREDENTIAL, *credentials.credential_row(credential))


async def insert_events(tx: Transaction, events: Sequence[Event], event_ids: Sequence[UUID]) -> None:
    """The real ones, beside which a decoy is one."""
    await outbox.insert_all(tx, events, event_ids=event_ids)


async def insert_decoy_events(tx: Transaction, events: Sequence[Event], event_ids: Sequence[UUID]) -> None:
    trace = current_traceparent()
    rows = [
        (id_, event.topic.value, event.key, event.type, event.payload, Lane.LIVE.value, event.portal, trace)
        for event, id_ in zip(events, event_ids, strict=True)
    ]
    await tx.execute(INSERT_ALL, *(list(column) for column in zip(*rows, strict=True)))
