"""The desk's verbal releases: a password is shown once, to be said to the person on the telephone (S2.7, B3)."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from services.auth.handlers.desk_release_verbally import Released, ReleaseVerbally, release_verbally
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_accounts import ACCOUNT
from shared.idempotency import Answer
from shared.ids import AccountId
from shared.web.desk import CurrentActor, DeskRoute, NamedPortal, needs
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once
from shared.web.routes import repeats

router = APIRouter(route_class=DeskRoute, tags=["desk"])


class ChecksMade(Body):
    checks: list[str] = Field(default_factory=list, max_length=50, description="All that the portal's policy names.")


class ReleasedPassword(Body):
    password: str = Field(description="To be said to the person. It is shown here only, and this once.")
    expires_at: datetime = Field(description="It opens nothing from then on, unless it was used before.")


@router.post(
    ACCOUNT + "/verbal-releases", status_code=201, openapi_extra={**needs("accounts:write"), **repeats("told")}
)
async def post_verbal_release(
    account_id: AccountId,
    body: ChecksMade,
    portal: NamedPortal,
    actor: CurrentActor,
    claim: CurrentClaim,
    deps: CurrentDeps,
) -> ReleasedPassword:
    """A fresh password, for whom the checks have shown to be the person; the former one stops, and every session ends.

    The person is told by mail that it happened, where the address is theirs alone."""
    command = ReleaseVerbally(portal, actor, account_id, body.checks)
    released = await release_verbally(deps, command, once(claim, _not_again))
    return ReleasedPassword(password=released.password.get_secret_value(), expires_at=released.use_until)


def _not_again(_: Released) -> Answer:
    return Answer(201, None)
