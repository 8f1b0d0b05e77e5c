"""The desk holds a portal's mails back, and lets them go."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter
from pydantic import Field

from services.notifier.domain.overview import Pause
from services.notifier.handlers.pause_portal import PausePortal, pause_portal
from services.notifier.http.current import CurrentDeps
from services.notifier.sql.pauses import list_pauses
from shared.web.desk import CurrentActor, NamedPortal, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

PAUSED = "/api/v1/portals/{portal}/deliveries/paused"


class Wish(Body):
    paused: bool


class PauseShown(Body):
    paused: bool
    since: datetime | None = Field(description="null where mails leave.")

    @classmethod
    def of(cls, pause: Pause | None) -> Self:
        return cls(paused=pause is not None, since=pause.since if pause else None)


@router.get(PAUSED, openapi_extra=needs("deliveries:read"))
async def get_paused(portal: NamedPortal, deps: CurrentDeps) -> PauseShown:
    """Whether the portal's mails are held back."""
    return PauseShown.of(next(iter(await list_pauses(deps.db, [portal.name])), None))


@router.put(PAUSED, openapi_extra=needs("deliveries:write"))
async def put_paused(body: Wish, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps) -> PauseShown:
    """Holds the portal's mails back, within a second, or lets them go, in their order. Deadlines run on meanwhile."""
    pause = await pause_portal(deps.db, PausePortal(portal, actor, body.paused))
    deps.due.ring()
    return PauseShown.of(pause)
