"""Sign in, stay signed in, sign out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from services.auth.domain.sessions import AccessToken
from services.auth.handlers.refresh_access import refresh_access
from services.auth.handlers.sign_in import SignIn, sign_in
from services.auth.handlers.sign_out import sign_out, sign_out_everywhere
from services.auth.http.current import CurrentAccountId, CurrentDeps, SessionCookie, browser_cookie
from services.auth.http.session_cookies import forget_sign_in, keep_access, keep_sign_in
from shared.web.models import Body, Line
from shared.web.openapi import BY_SESSION, BY_SESSION_OR_TOKEN
from shared.web.routes import PortalRoute, repeats
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PortalRoute, tags=["customer"])

Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class Credentials(Body):
    login: Line = Field(description="The identifier or the e-mail address, as the portal's policy says.")
    password: Password


class Refreshed(Body):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds.")

    @classmethod
    def of(cls, access: AccessToken) -> "Refreshed":
        return cls(access_token=access.value.get_secret_value(), expires_in=access.expires_in)


class Opened(Refreshed):
    must_change_password: bool


@router.post("/api/v1/sessions", status_code=201, openapi_extra=repeats("ignored"))
async def post_session(
    body: Credentials,
    portal: CurrentPortal,
    client: CurrentClient,
    request: Request,
    response: Response,
    deps: CurrentDeps,
) -> Opened:
    """Signs in. Browsers get cookies, programs use the access token."""
    signed_in = await sign_in(deps, SignIn(portal, body.login, body.password, client, browser_cookie(request)))
    keep_sign_in(response, portal, signed_in)
    return Opened(
        access_token=signed_in.access.value.get_secret_value(),
        expires_in=signed_in.access.expires_in,
        must_change_password=signed_in.must_change_password,
    )


@router.post("/api/v1/sessions/current/refresh", openapi_extra={**BY_SESSION, **repeats("told")})
async def refresh_session(
    portal: CurrentPortal, session: SessionCookie, response: Response, deps: CurrentDeps
) -> Refreshed:
    """A new access token for the session of the cookie."""
    access = await refresh_access(deps, portal, session)
    keep_access(response, access)
    return Refreshed.of(access)


@router.delete("/api/v1/sessions/current", status_code=204, openapi_extra=BY_SESSION)
async def delete_session(
    portal: CurrentPortal, session: SessionCookie, client: CurrentClient, response: Response, deps: CurrentDeps
) -> None:
    """Signs out here."""
    await sign_out(deps, portal, session, client)
    forget_sign_in(response)


@router.delete("/api/v1/sessions", status_code=204, openapi_extra=BY_SESSION_OR_TOKEN)
async def delete_sessions(
    portal: CurrentPortal, account_id: CurrentAccountId, client: CurrentClient, response: Response, deps: CurrentDeps
) -> None:
    """Signs out everywhere."""
    await sign_out_everywhere(deps, portal, account_id, client)
    forget_sign_in(response)
