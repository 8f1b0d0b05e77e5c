"""Dead letters: messages nobody could handle, kept as they came until somebody decides.

The payload is never opened: what was sealed stays sealed. Replaying puts the message back before the handler, which
judges it by generation and version like any late event; replaying twice is as once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from prometheus_client import Counter

from shared.db import Database, Transaction
from shared.errors import DomainError
from shared.events.cloudevents import Envelope
from shared.inbox.columns import columns, message_of, text
from shared.inbox.messages import Message

DIED = Counter("guichet_inbox_dead_letters_total", "Messages set aside as dead letters", ["consumer"])

State = Literal["waiting", "replayed", "discarded"]

# A second copy changes nothing; one that was replayed and failed again waits again.
_INSERT = """
    insert into dead_letters
        (consumer, topic, partition, "offset", key, header_names, header_values, value, event_id, type, portal, reason)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    on conflict ({conflict}) do update
       set state = 'waiting', reason = excluded.reason, died_at = now(), settled_at = null
     where dead_letters.state = 'replayed'
"""
INSERT_EVENT = _INSERT.format(conflict="consumer, event_id) where (event_id is not null")
INSERT_UNREADABLE = _INSERT.format(conflict='consumer, topic, partition, "offset") where (event_id is null')

LIST = """
    select * from dead_letters
     where ($1::text is null or state = $1) and id > $2 and ($4::text[] is null or portal = any($4))
     order by id
     limit $3
"""

FIND = "select * from dead_letters where id = $1 and ($2::text[] is null or portal = any($2))"

LOCK = "select * from dead_letters where id = $1 for update"

PARK = """
    insert into inbox_parked
        (consumer, event_id, topic, partition, "offset", key, header_names, header_values, value, attempts, retry_at)
    select consumer, event_id, topic, partition, "offset", key, header_names, header_values, value, 0, clock_timestamp()
      from dead_letters
     where id = $1
    on conflict do nothing
"""

SETTLE = "update dead_letters set state = $2, settled_at = now() where id = $1"


class DeadLetterNotFound(DomainError):
    """There is no such dead letter."""

    code = "dead_letter_not_found"


class DeadLetterUnreadable(DomainError):
    """The message could not even be read as one of ours: replaying would change nothing. Discard it."""

    code = "dead_letter_unreadable"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`event_id`, `type` and `portal` are None where the message could not be read."""

    id: int
    consumer: str
    message: Message
    event_id: UUID | None
    type: str | None
    portal: str | None
    reason: str
    died_at: datetime
    state: State
    settled_at: datetime | None


async def insert_dead_letter(
    tx: Transaction, consumer: str, message: Message, envelope: Envelope | None, reason: str
) -> None:
    described = (envelope.id, text(envelope.type), text(envelope.portal)) if envelope else (None, None, None)
    query = INSERT_EVENT if envelope else INSERT_UNREADABLE
    await tx.execute(query, consumer, *columns(message), *described, text(reason))
    DIED.labels(consumer).inc()


async def list_dead_letters(
    db: Database,
    state: State | None = "waiting",
    *,
    portals: Sequence[str] | None = None,
    after: int = 0,
    limit: int = 100,
) -> Sequence[DeadLetter]:
    """In the order they died; `after` is the last id of the page before. `portals`: only theirs, which leaves out what
    could not be read."""
    return [_dead_letter(row) for row in await db.fetch(LIST, state, after, limit, portals)]


async def get_dead_letter(db: Database | Transaction, id_: int, portals: Sequence[str] | None = None) -> DeadLetter:
    """Of one of these portals, where any are named. Raises DeadLetterNotFound."""
    return _dead_letter(_found(await db.fetchrow(FIND, id_, portals), id_))


async def replay(tx: Transaction, id_: int) -> None:
    """Puts it before the handler again, in its key's order behind what waits there already.

    Raises DeadLetterNotFound, DeadLetterUnreadable.
    """
    letter = _dead_letter(_found(await tx.fetchrow(LOCK, id_), id_))
    if letter.event_id is None or letter.message.key is None:
        raise DeadLetterUnreadable(f"dead letter {id_} cannot be replayed, only discarded: {letter.reason}")
    await tx.execute(PARK, id_)
    await tx.execute(SETTLE, id_, "replayed")


async def discard(tx: Transaction, id_: int) -> None:
    """It will not be handled, and is kept to be looked at. Raises DeadLetterNotFound."""
    _found(await tx.fetchrow(LOCK, id_), id_)
    await tx.execute(SETTLE, id_, "discarded")


def _found(row: Any, id_: int) -> Any:
    if row is None:
        raise DeadLetterNotFound(f"there is no dead letter {id_}")
    return row


def _dead_letter(row: Any) -> DeadLetter:
    described = (row["event_id"], row["type"], row["portal"], row["reason"], row["died_at"])
    return DeadLetter(row["id"], row["consumer"], message_of(row), *described, row["state"], row["settled_at"])
