"""`/`: where somebody at the desk begins: with the search, and what has to be looked after."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.handlers.desk_show_person import show_waiting
from services.auth.http.current import CurrentDeps
from shared.web.desk import CurrentCaller, needs
from shared.web.desk_pages import DeskPage
from shared.web.desk_portals import GrantedPortals
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

LOOKING_AFTER = "dead-letters"  # the scope of those who see to it that everything leaves


@router.get("/", openapi_extra=needs("accounts:read"))
async def desk_home(
    request: Request, caller: CurrentCaller, portals: GrantedPortals, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    waiting = await show_waiting(deps, portals) if LOOKING_AFTER in caller.scopes else []
    titles = {portal.name: portal.title for portal in portals}
    return pages.show(request, "desk/home.html", waiting=waiting, titles=titles)
