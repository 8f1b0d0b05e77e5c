"""The desk's deliveries: look for them, show one with its tries, have it tried again."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import Field

from services.notifier.domain.deliveries import State
from services.notifier.domain.overview import Overview, Try, Wanted
from services.notifier.handlers.retry_delivery import RetryDelivery, retry_delivery
from services.notifier.handlers.show_deliveries import MOST, show_deliveries, show_delivery
from services.notifier.http.current import CurrentDeps
from shared.idempotency import Answer
from shared.ids import AccountId, DeliveryId, PortalName
from shared.web.desk import CurrentActor, ListedPortals, NamedPortal, SeenPortals, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

DELIVERIES = "/api/v1/deliveries"
DELIVERY = DELIVERIES + "/{delivery_id}"
OF_PORTAL = "/api/v1/portals/{portal}/deliveries"


class TryShown(Body):
    """`words` are the mail server's, `why` ours."""

    tried_at: datetime
    verdict: str
    stage: str = Field(description="How far it came: compose, connect, mail, rcpt, data, content or dot.")
    code: int | None = Field(description="Of the server's reply (RFC 5321).")
    enhanced: str | None = Field(description="Of the server's reply (RFC 3463).")
    words: str | None
    why: str | None
    seconds: float

    @classmethod
    def of(cls, one: Try) -> Self:
        return cls(
            tried_at=one.tried_at,
            verdict=one.verdict,
            stage=one.stage,
            code=one.code,
            enhanced=one.enhanced,
            words=one.words,
            why=one.why,
            seconds=one.seconds,
        )


class DeliveryShown(Body):
    id: DeliveryId
    portal: PortalName
    account_id: AccountId
    identifier: str | None
    mail: str
    state: str
    paused: bool = Field(description="Held back until its portal's mails go on.")
    queued_at: datetime
    due_at: datetime | None = Field(description="When somebody looks at it next; null: at its end.")
    deliver_until: datetime
    ended_at: datetime | None
    attempts: int = Field(description="Tries that count: those where a server was there.")
    tries: list[TryShown] = Field(description="Oldest first; in a list the last one alone.")

    @classmethod
    def of(cls, one: Overview) -> Self:
        return cls(
            id=one.id,
            portal=one.portal,
            account_id=one.account_id,
            identifier=one.identifier,
            mail=one.mail,
            state=one.state,
            paused=one.paused,
            queued_at=one.queued_at,
            due_at=one.due_at,
            deliver_until=one.deliver_until,
            ended_at=one.ended_at,
            attempts=one.counted,
            tries=[TryShown.of(each) for each in one.tries],
        )


class DeliveryPage(Body):
    items: list[DeliveryShown]
    after: DeliveryId | None = Field(description="Where the next page begins; null at the end.")
    paused: list[PortalName] = Field(description="Of the portals looked at, those whose mails are held back.")


class Accepted(Body):
    status: Literal["accepted"] = "accepted"


@router.get(DELIVERIES, openapi_extra=needs("deliveries:read"))
async def get_deliveries(
    actor: CurrentActor,
    deps: CurrentDeps,
    portals: ListedPortals,
    state: State | None = None,
    account: AccountId | None = None,
    after: DeliveryId | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> DeliveryPage:
    """Mails of all portals the caller may see, the newest first, each with its last try."""
    found = await show_deliveries(deps, actor, Wanted(state, portals, account, after, limit))
    return DeliveryPage(
        items=[DeliveryShown.of(one) for one in found.deliveries],
        after=found.after,
        paused=[pause.portal for pause in found.pauses],
    )


@router.get(DELIVERY, openapi_extra=needs("deliveries:read"))
async def get_delivery(
    delivery_id: DeliveryId, actor: CurrentActor, deps: CurrentDeps, portals: SeenPortals
) -> DeliveryShown:
    """One mail with every try to send it."""
    return DeliveryShown.of(await show_delivery(deps, actor, delivery_id, portals))


@router.post(DELIVERY + "/retry", status_code=202, openapi_extra=needs("deliveries:write"))
async def post_retry(
    delivery_id: DeliveryId, actor: CurrentActor, deps: CurrentDeps, portals: SeenPortals, claim: CurrentClaim
) -> Accepted:
    """Has a mail tried again now, also one that was rejected or whose fate is unknown."""
    await retry_delivery(deps.db, RetryDelivery(actor, delivery_id, portals), once(claim, _accepted))
    deps.due.ring()
    return Accepted()


@router.post(OF_PORTAL + "/{delivery_id}/retry", status_code=202, openapi_extra=needs("deliveries:write"))
async def post_portal_retry(
    delivery_id: DeliveryId, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps, claim: CurrentClaim
) -> Accepted:
    """The same for a mail of this portal."""
    await retry_delivery(deps.db, RetryDelivery(actor, delivery_id, [portal.name]), once(claim, _accepted))
    deps.due.ring()
    return Accepted()


def _accepted(_: None) -> Answer:
    return Answer(202, Accepted().model_dump_json().encode())
