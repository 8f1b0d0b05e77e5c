"""Dead letters over the desk's API: messages this service could not handle, and what to do with each."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from shared.db import Database
from shared.idempotency import Answer, Claim, keep_result
from shared.inbox.dead_letters import DeadLetter, State
from shared.inbox.settle import Settle, settle, show_dead_letter, show_dead_letters
from shared.web.desk import CurrentActor, ListedPortals, SeenPortals, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body
from shared.web.operations.own import OwnDatabase, OwnService
from shared.web.repeats import CurrentClaim, once

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

LETTERS = "/api/v1/dead-letters/{service}"
LETTER = LETTERS + "/{letter_id}"
SETTLING = needs("dead-letters")
MOST = 200


class DeadLetterShown(Body):
    """`event_id`, `type` and `portal` are null where the message could not be read."""

    id: int
    died_at: datetime
    state: State
    settled_at: datetime | None
    reason: str
    event_id: UUID | None
    type: str | None
    portal: str | None
    topic: str
    partition: int
    offset: int

    @classmethod
    def of(cls, letter: DeadLetter, **more: object) -> Self:
        message = letter.message
        return cls(
            id=letter.id,
            died_at=letter.died_at,
            state=letter.state,
            settled_at=letter.settled_at,
            reason=letter.reason,
            event_id=letter.event_id,
            type=letter.type,
            portal=letter.portal,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            **more,
        )


class WholeDeadLetter(DeadLetterShown):
    """As it came; what is sealed in it stays sealed."""

    key: str | None
    headers: list[tuple[str, str | None]]
    value: str | None

    @classmethod
    def whole(cls, letter: DeadLetter) -> Self:
        message = letter.message
        headers = [(name, readable(value)) for name, value in message.headers]
        return cls.of(letter, key=readable(message.key), headers=headers, value=readable(message.value))


class DeadLetterList(Body):
    items: list[DeadLetterShown]
    after: int | None = Field(description="Where the next page begins; null at the end.")


@router.get(LETTERS, openapi_extra=SETTLING)
async def get_dead_letters(
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: ListedPortals,
    state: State | Literal["all"] = "waiting",
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> DeadLetterList:
    """Messages this service set aside, the oldest first; one that could not be read, for those alone who may see every
    portal."""
    wanted = None if state == "all" else state
    found = await show_dead_letters(db, actor, wanted, portals, after=after, limit=limit)
    return DeadLetterList(items=[DeadLetterShown.of(letter) for letter in found.letters], after=found.after)


@router.get(LETTER, openapi_extra=SETTLING)
async def get_dead_letter(
    letter_id: int, service: OwnService, actor: CurrentActor, db: OwnDatabase, portals: SeenPortals
) -> WholeDeadLetter:
    """One as it came."""
    return WholeDeadLetter.whole(await show_dead_letter(db, actor, letter_id, portals))


@router.post(LETTER + "/replay", openapi_extra=SETTLING)
async def post_replay(
    letter_id: int,
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: SeenPortals,
    claim: CurrentClaim,
) -> DeadLetterShown:
    """Puts it before the service again, which judges it like any late event. Twice is as once."""
    return await _settle(db, Settle(actor, letter_id, "replayed", portals), claim)


@router.post(LETTER + "/discard", openapi_extra=SETTLING)
async def post_discard(
    letter_id: int,
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: SeenPortals,
    claim: CurrentClaim,
) -> DeadLetterShown:
    """Decides that it will not be handled. It is kept to be looked at."""
    return await _settle(db, Settle(actor, letter_id, "discarded", portals), claim)


async def _settle(db: Database, command: Settle, claim: Claim | None) -> DeadLetterShown:
    async with db.transaction() as tx:
        letter = await settle(tx, command)
        await keep_result(tx, once(claim, _settled), letter)
    return DeadLetterShown.of(letter)


def _settled(letter: DeadLetter) -> Answer:
    return Answer(200, DeadLetterShown.of(letter).model_dump_json().encode())


def readable(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode(errors="backslashreplace")
