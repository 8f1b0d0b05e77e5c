"""`/dead-letters/{service}`: messages this service could not handle, for whoever decides what becomes of each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.db import Database
from shared.inbox.dead_letters import State
from shared.inbox.settle import Settle, settle, show_dead_letter, show_dead_letters
from shared.web.desk import CurrentActor, SeenPortals, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.operations.dead_letters import readable
from shared.web.operations.own import SERVICES, OwnDatabase, OwnService
from shared.web.pages import CurrentPages, see_other

router = APIRouter(route_class=DeskPage)

LETTERS = "/dead-letters/{service}"
LETTER = LETTERS + "/{letter_id}"
SETTLING = needs("dead-letters")
STATES = ("waiting", "replayed", "discarded", "all")
SHOWN = 50


@router.get(LETTERS, openapi_extra=SETTLING)
async def dead_letters_page(
    request: Request,
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: SeenPortals,
    pages: CurrentPages,
    state: State | Literal["all"] = "waiting",
    after: Annotated[int, Query(ge=0)] = 0,
    done: Literal["replayed", "discarded"] | None = None,
) -> Response:
    """`done`: what was just decided of one."""
    wanted = None if state == "all" else state
    found = await show_dead_letters(db, actor, wanted, portals, after=after, limit=SHOWN)
    return pages.show(
        request,
        "desk/dead_letters.html",
        service=service,
        services=SERVICES,
        states=STATES,
        state=state,
        letters=found.letters,
        after=found.after,
        done=done,
    )


@router.get(LETTER, openapi_extra=SETTLING)
async def dead_letter_page(
    request: Request,
    letter_id: int,
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: SeenPortals,
    pages: CurrentPages,
) -> Response:
    letter = await show_dead_letter(db, actor, letter_id, portals)
    return pages.show(request, "desk/dead_letter.html", service=service, letter=letter, readable=readable)


@router.post(LETTER + "/replay", openapi_extra=SETTLING)
async def replay_form(
    letter_id: int,
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: SeenPortals,
    form: CurrentForm,
) -> Response:
    return await _settled(service, db, Settle(actor, letter_id, "replayed", portals))


@router.post(LETTER + "/discard", openapi_extra=SETTLING)
async def discard_form(
    letter_id: int,
    service: OwnService,
    actor: CurrentActor,
    db: OwnDatabase,
    portals: SeenPortals,
    form: CurrentForm,
) -> Response:
    return await _settled(service, db, Settle(actor, letter_id, "discarded", portals))


async def _settled(service: str, db: Database, command: Settle) -> Response:
    async with db.transaction() as tx:
        await settle(tx, command)
    return see_other(f"/dead-letters/{service}?done={command.how}")
