"""Somebody looks at dead letters and decides what becomes of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from shared import audit
from shared.access_tokens import DESK
from shared.audit import Action, Actor
from shared.db import Database, Transaction
from shared.ids import PortalName
from shared.inbox.dead_letters import DeadLetter, State, discard, get_dead_letter, list_dead_letters, replay

How = Literal["replayed", "discarded"]

_ACTIONS: Mapping[How, Action] = {"replayed": "dead_letter_replayed", "discarded": "dead_letter_discarded"}


@dataclass(frozen=True, slots=True)
class Settle:
    """`portals`: it must be of one of them, which one that could not be read never is; None: of any."""

    actor: Actor
    id: int
    how: How
    portals: Sequence[str] | None = None


async def settle(tx: Transaction, command: Settle) -> DeadLetter:
    """As it is then. Raises DeadLetterNotFound, DeadLetterUnreadable."""
    await get_dead_letter(tx, command.id, command.portals)
    if command.how == "replayed":
        await replay(tx, command.id)
    else:
        await discard(tx, command.id)
    letter = await get_dead_letter(tx, command.id)
    await _note(tx, command.actor, _ACTIONS[command.how], letter)
    return letter


class Found(NamedTuple):
    """`after`: where the next page begins; None at the end."""

    letters: Sequence[DeadLetter]
    after: int | None


async def show_dead_letters(
    db: Database, actor: Actor, state: State | None, portals: Sequence[str] | None, *, after: int, limit: int
) -> Found:
    """In the order they died."""
    more = await list_dead_letters(db, state, portals=portals, after=after, limit=limit + 1)
    found = more[:limit]
    portal = PortalName(portals[0] if portals and len(portals) == 1 else DESK)
    await audit.insert_entry(db, actor, "dead_letters_listed", portal, details={"shown": len(found)})
    return Found(found, found[-1].id if len(more) > limit else None)


async def show_dead_letter(db: Database, actor: Actor, id_: int, portals: Sequence[str] | None) -> DeadLetter:
    """It may hold what a person's contact was, so who looks at it is written down. Raises DeadLetterNotFound."""
    letter = await get_dead_letter(db, id_, portals)
    await _note(db, actor, "dead_letter_shown", letter)
    return letter


async def _note(db: Database | Transaction, actor: Actor, action: Action, letter: DeadLetter) -> None:
    said = {"dead_letter": letter.id, "event_id": letter.event_id and str(letter.event_id)}
    await audit.insert_entry(db, actor, action, PortalName(letter.portal or DESK), details=said)
