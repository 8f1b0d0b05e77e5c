"""`/timelines/{account}`: « did my mail leave? », answered in the first line; then the evidence, the newest first."""

from collections.abc import Sequence
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.notifier.domain.timelines import Item
from services.notifier.handlers.show_timeline import ShowTimeline, show_timeline
from services.notifier.http.current import CurrentDeps
from shared.ids import AccountId, DeliveryId, PortalName
from shared.portals import Portal, Portals, UnknownPortal
from shared.web.desk import CurrentActor, SeenPortals, needs
from shared.web.desk_pages import DeskPage
from shared.web.pages import CurrentPages
from shared.web.visits import visit_of

router = APIRouter(route_class=DeskPage)

PATH = "/timelines/{account_id}"


@router.get(PATH, openapi_extra=needs("deliveries:read"))
async def timeline_page(
    request: Request,
    account_id: AccountId,
    actor: CurrentActor,
    deps: CurrentDeps,
    portals: SeenPortals,
    pages: CurrentPages,
    after: DeliveryId | None = None,
) -> Response:
    """A page that has it already (`live.js`, every second) is told so (304, RFC 9110), and that is not counted."""
    known = request.headers.get("if-none-match", "").strip('"')
    timeline = await show_timeline(deps.db, ShowTimeline(actor, account_id, portals, after, known=known))
    tag = {"etag": f'"{timeline.version}"'}
    if timeline.version == known:
        request.app.state.gate.give_back(visit_of(request))
        return Response(status_code=304, headers=tag)
    page = pages.show(
        request,
        "desk/timeline.html",
        timeline=timeline,
        portal_of=_portal(deps.portals, timeline.account.portal),
        days=by_day(timeline.items),
        older=after is not None,
    )
    page.headers.update(tag)
    return page


def _portal(portals: Portals, name: PortalName) -> Portal | None:
    """None where the installation has it no more."""
    try:
        return portals.by_name(name)
    except UnknownPortal:
        return None


def by_day(steps: Sequence[Item]) -> Sequence[tuple[Item, Sequence[Item]]]:
    """Of steps that are oldest first, the newest day first: the step that names it, and all of it, newest first."""
    days = (list(items) for _, items in groupby(reversed(steps), key=lambda item: item.at.astimezone().date()))
    return [(items[0], items) for items in days]
