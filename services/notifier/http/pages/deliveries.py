"""`/deliveries`: the mails of all portals one may see, each with its tries; one that could not leave is tried again."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.notifier.domain.deliveries import State
from services.notifier.domain.errors import NotToBeRetried
from services.notifier.domain.overview import Overview, Wanted
from services.notifier.domain.timelines import steps
from services.notifier.handlers.retry_delivery import RetryDelivery, retry_delivery
from services.notifier.handlers.show_deliveries import Found, show_deliveries, show_delivery
from services.notifier.http.current import CurrentDeps
from services.notifier.http.pages.timeline import by_day
from services.notifier.http.statuses import STATUSES
from shared.ids import AccountId, DeliveryId
from shared.web.desk import CurrentActor, ListedPortals, OfferedPortals, SeenPortals, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.statuses import status_of

router = APIRouter(route_class=DeskPage)

PATH = "/deliveries"
DELIVERY = PATH + "/{delivery_id}"
READING = needs("deliveries:read")
SHOWN = 50
MAY_BE_RETRIED = frozenset({State.QUEUED, State.DEFERRED, State.UNKNOWN, State.REJECTED})


@router.get(PATH, openapi_extra=READING)
async def deliveries_page(
    request: Request,
    actor: CurrentActor,
    deps: CurrentDeps,
    portals: ListedPortals,
    offered: OfferedPortals,
    pages: CurrentPages,
    state: State | Literal[""] = "",
    portal: Annotated[str, Query(max_length=64)] = "",
    account: AccountId | None = None,
    after: DeliveryId | None = None,
    done: Literal["paused", "resumed"] | None = None,
) -> Response:
    """`done`: what was just done to the portal's mails."""
    found = await show_deliveries(deps, actor, Wanted(state or None, portals, account, after, SHOWN))
    return pages.show(
        request,
        "desk/deliveries.html",
        found=found,
        offered=offered,
        titles={each.name: each.title for each in offered},
        states=list(State),
        state=state,
        portal_asked=portal,
        account=account,
        paused={pause.portal: pause.since for pause in found.pauses},
        onward=_onward(found, state=state, portal=portal, account=account),
        done=done,
    )


@router.get(DELIVERY, openapi_extra=READING)
async def delivery_page(
    request: Request,
    delivery_id: DeliveryId,
    actor: CurrentActor,
    deps: CurrentDeps,
    portals: SeenPortals,
    offered: OfferedPortals,
    pages: CurrentPages,
    done: Literal["retried"] | None = None,
) -> Response:
    delivery = await show_delivery(deps, actor, delivery_id, portals)
    return _show(request, pages, delivery, {each.name: each.title for each in offered}, done=done)


@router.post(DELIVERY + "/retry", openapi_extra=needs("deliveries:write"))
async def retry_form(
    request: Request,
    delivery_id: DeliveryId,
    form: CurrentForm,
    actor: CurrentActor,
    deps: CurrentDeps,
    portals: SeenPortals,
    offered: OfferedPortals,
    pages: CurrentPages,
) -> Response:
    try:
        await retry_delivery(deps.db, RetryDelivery(actor, delivery_id, portals))
    except NotToBeRetried as refusal:
        delivery = await show_delivery(deps, actor, delivery_id, portals)
        return _show(request, pages, delivery, {each.name: each.title for each in offered}, refusal=refusal)
    deps.due.ring()
    return see_other(f"{PATH}/{delivery_id}?done=retried")


def _onward(found: Found, **asked: object) -> str:
    """The query of the next page; "" where there is none."""
    kept = {name: value for name, value in asked.items() if value}
    return urlencode({**kept, "after": found.after}) if found.after else ""


def _show(
    request: Request,
    pages: Pages,
    delivery: Overview,
    titles: dict[str, str],
    *,
    done: str | None = None,
    refusal: NotToBeRetried | None = None,
) -> Response:
    return pages.show(
        request,
        "desk/delivery.html",
        status=status_of(refusal, STATUSES) if refusal else 200,
        delivery=delivery,
        days=by_day(steps([delivery])),
        titles=titles,
        retriable=delivery.state in MAY_BE_RETRIED,
        done=done,
        refusal=refusal,
    )
