"""Who am I, and another password for me."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from services.auth.domain.accounts import Account
from services.auth.handlers.change_password import ChangePassword, change_password
from services.auth.handlers.show_me import show_me
from services.auth.http.activations import ChosenPassword
from services.auth.http.current import CurrentAccountId, CurrentDeps, CurrentMemberId, session_cookie
from services.auth.http.session_cookies import keep_session
from shared import faults
from shared.ids import AccountId, Language, PortalName
from shared.web.models import Body
from shared.web.openapi import BY_SESSION_OR_TOKEN
from shared.web.routes import PortalRoute
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PortalRoute, tags=["customer"])


class Me(Body):
    id: AccountId
    portal: PortalName
    identifier: str
    name: str
    language: Language
    services: tuple[str, ...]

    @classmethod
    def of(cls, account: Account) -> "Me":
        return cls(
            id=account.id,
            portal=account.portal,
            identifier=account.identifier,
            name=account.details.name,
            language=account.details.language,
            services=account.details.services,
        )


class PasswordChange(Body):
    current: Annotated[SecretStr, Field(min_length=1, max_length=1024)]
    new: ChosenPassword


@router.get("/api/v1/me", openapi_extra=BY_SESSION_OR_TOKEN)
async def get_me(portal: CurrentPortal, account_id: CurrentMemberId, deps: CurrentDeps) -> Me:
    """The person who is signed in, by the session's cookie or an access token."""
    return Me.of(await show_me(deps, portal, account_id))


@router.put("/api/v1/me/password", status_code=204, openapi_extra=BY_SESSION_OR_TOKEN)
async def put_password(
    body: PasswordChange,
    portal: CurrentPortal,
    account_id: CurrentAccountId,
    client: CurrentClient,
    request: Request,
    response: Response,
    deps: CurrentDeps,
) -> None:
    """Chooses another password. All other sessions end, and every access token; that of the cookie is renewed."""
    session = None if "authorization" in request.headers else await session_cookie(request)
    command = ChangePassword(portal, account_id, session, body.current, body.new, client)
    renewed = await change_password(deps, command)
    faults.passing("auth.before_reply")
    if renewed:
        keep_session(response, portal, renewed.session, renewed.access)
