"""`/key-requests`: who asked for a key, those who still wait for theirs first."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contracts.handlers.desk_look_into import look_into_requests
from services.contracts.http.current import CurrentDeps
from services.contracts.sql.key_requests import Place
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.desk_portals import GrantedPortals
from shared.web.pages import CurrentPages

router = APIRouter(route_class=AuditedDeskPage)

PATH = "/key-requests"


@router.get(PATH, openapi_extra=needs("contracts:read"))
async def key_requests_page(
    request: Request,
    portals: GrantedPortals,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
    after: UUID | None = None,
    waiting: bool = False,
) -> Response:
    """`after` and `waiting`: where the page before ended, and whether that one waited then."""
    names = [portal.name for portal in portals]
    shown = await look_into_requests(deps, actor, names, Place(waiting, after) if after else None)
    return pages.show(
        request,
        "desk/key_requests.html",
        shown=shown,
        portals={portal.name: portal for portal in portals},
        following=shown.after and urlencode({"after": shown.after.id, "waiting": str(shown.after.waiting).lower()}),
    )
