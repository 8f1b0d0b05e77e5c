"""« Did my mail leave? » over the desk's API."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import Field

from services.notifier.domain.timelines import Answer, Item, Left, Step, Timeline, Why
from services.notifier.handlers.show_timeline import MOST, ShowTimeline, show_timeline
from services.notifier.http.current import CurrentDeps
from shared.ids import AccountId, DeliveryId, EventId, PortalName
from shared.web.desk import CurrentActor, NamedPortal, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

TIMELINE = "/api/v1/portals/{portal}/timelines/{account_id}"


class ItemShown(Body):
    """`words` are the mail server's, `why` ours; they and the codes are of tries alone."""

    at: datetime
    kind: Step
    mail: str
    delivery_id: DeliveryId
    event_id: EventId | None = Field(description="Of what was requested: the fact that asked for the mail.")
    attempt: int | None = Field(description="Which of the tries that count.")
    stage: str | None = Field(description="How far the try came: compose, connect, mail, rcpt, data, content or dot.")
    code: int | None = Field(description="Of the server's reply (RFC 5321).")
    enhanced: str | None = Field(description="Of the server's reply (RFC 3463).")
    words: str | None
    why: str | None

    @classmethod
    def of(cls, item: Item) -> Self:
        tried = item.tried
        return cls(
            at=item.at,
            kind=item.step,
            mail=item.mail,
            delivery_id=item.delivery_id,
            event_id=item.event_id,
            attempt=item.number,
            stage=tried.stage if tried else None,
            code=tried.code if tried else None,
            enhanced=tried.enhanced if tried else None,
            words=tried.words if tried else None,
            why=tried.why if tried else None,
        )


class NewestMail(Body):
    delivery_id: DeliveryId
    mail: str
    at: datetime | None = Field(description="Since when it is at its end; null while it waits.")
    next_at: datetime | None = Field(description="When it is tried next.")

    @classmethod
    def of(cls, answer: Answer) -> Self | None:
        if answer.delivery_id is None or answer.mail is None:
            return None
        return cls(delivery_id=answer.delivery_id, mail=answer.mail, at=answer.at, next_at=answer.next_at)


class TimelineShown(Body):
    account_id: AccountId
    portal: PortalName
    left: Left = Field(description="Whether the newest mail left.")
    why: Why
    newest: NewestMail | None = Field(description="The mail that is spoken of; null where none was asked for.")
    items: list[ItemShown] = Field(description="Oldest first.")
    after: DeliveryId | None = Field(description="Where the page with older mails begins; null at the end.")

    @classmethod
    def of(cls, timeline: Timeline) -> Self:
        return cls(
            account_id=timeline.account.id,
            portal=timeline.account.portal,
            left=timeline.answer.left,
            why=timeline.answer.why,
            newest=NewestMail.of(timeline.answer),
            items=[ItemShown.of(item) for item in timeline.items],
            after=timeline.after,
        )


@router.get(TIMELINE, openapi_extra=needs("deliveries:read"))
async def get_timeline(
    account_id: AccountId,
    portal: NamedPortal,
    actor: CurrentActor,
    deps: CurrentDeps,
    after: DeliveryId | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many mails at most, with all their steps.")] = 50,
) -> TimelineShown:
    """What became of an account's newest mails: request, tries, the servers' replies; and whether the newest left."""
    command = ShowTimeline(actor, account_id, [portal.name], after, limit)
    return TimelineShown.of(await show_timeline(deps.db, command))
