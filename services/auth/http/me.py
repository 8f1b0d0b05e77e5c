"""Who am I?"""

from fastapi import APIRouter

from services.auth.handlers.show_me import show_me
from services.auth.http.current import CurrentAccountId, CurrentDeps
from shared.ids import AccountId, Language, PortalName
from shared.web.models import Body
from shared.web.openapi import BY_SESSION_OR_TOKEN
from shared.web.routes import PortalRoute
from shared.web.visits import CurrentPortal

router = APIRouter(route_class=PortalRoute, tags=["customer"])


class Me(Body):
    id: AccountId
    portal: PortalName
    identifier: str
    name: str
    language: Language
    services: tuple[str, ...]


@router.get("/api/v1/me", openapi_extra=BY_SESSION_OR_TOKEN)
async def get_me(portal: CurrentPortal, account_id: CurrentAccountId, deps: CurrentDeps) -> Me:
    """The person who is signed in, by the session's cookie or an access token."""
    account = await show_me(deps, portal, account_id)
    return Me(
        id=account.id,
        portal=account.portal,
        identifier=account.identifier,
        name=account.details.name,
        language=account.details.language,
        services=account.details.services,
    )
