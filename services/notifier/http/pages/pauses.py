"""`/deliveries/paused/{portal}`: a portal's mails are held back, or let go; asked once more before it is done."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.notifier.handlers.pause_portal import PausePortal, pause_portal
from services.notifier.http.current import CurrentDeps
from services.notifier.sql.pauses import list_pauses
from shared.web.desk import CurrentActor, NamedPortal, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, see_other

router = APIRouter(route_class=DeskPage)

PATH = "/deliveries/paused/{portal}"
WRITING = needs("deliveries:write")


@router.get(PATH, openapi_extra=WRITING)
async def pause_page(request: Request, portal: NamedPortal, deps: CurrentDeps, pages: CurrentPages) -> Response:
    """Offers the opposite of what is."""
    pauses = await list_pauses(deps.db, [portal.name])
    return pages.show(request, "desk/pause.html", of=portal, since=pauses[0].since if pauses else None)


@router.post(PATH, openapi_extra=WRITING)
async def pause_form(portal: NamedPortal, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps) -> Response:
    paused = form.get("paused") == "true"
    await pause_portal(deps.db, PausePortal(portal, actor, paused))
    deps.due.ring()
    return see_other(f"/deliveries?portal={portal.name}&done={'paused' if paused else 'resumed'}")
