"""Staff sign in at the desk: for programs; browsers use the pages, which do the same."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, SecretStr

from services.auth.domain.staff import ABSOLUTE, StaffSignedIn
from services.auth.handlers.staff_sessions import refresh_staff_access, staff_sign_out
from services.auth.handlers.staff_sign_in import StaffSignIn, staff_sign_in
from services.auth.http.current import CurrentDeps, SessionCookie, browser_cookie
from services.auth.http.session_cookies import forget_sign_in, keep_access, keep_browser
from services.auth.http.sessions import Password, Refreshed
from shared.web import cookies
from shared.web.callers import presumed_caller
from shared.web.cross_site import refuse_cross_site
from shared.web.models import Body, Line
from shared.web.openapi import BY_SESSION
from shared.web.routes import DeskHostRoute, repeats
from shared.web.visits import CurrentClient


class StaffRoute(DeskHostRoute):
    """Whoever signs in shows who they are with the request; a session shows itself by its cookie."""

    async def admit(self, request: Request) -> str:
        refuse_cross_site(request)
        return presumed_caller(request)


router = APIRouter(route_class=StaffRoute, tags=["staff"])


class StaffCredentials(Body):
    login: Line
    password: Password
    code: Annotated[SecretStr, Field(min_length=1, max_length=64, description="Of the authenticator (RFC 6238).")]


class StaffSessionOpened(Body):
    access_token: str | None = Field(description="Null: a second factor is to be set up first, at /second-factor.")
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int | None = Field(description="Seconds.")


@router.post("/api/v1/sessions", status_code=201, openapi_extra=repeats("ignored"))
async def post_staff_session(
    request: Request, body: StaffCredentials, client: CurrentClient, response: Response, deps: CurrentDeps
) -> StaffSessionOpened:
    """Signs in. Browsers get cookies, programs use the access token."""
    command = StaffSignIn(body.login, body.password, body.code, client, browser_cookie(request))
    signed_in = await staff_sign_in(deps, command)
    keep_staff(response, signed_in)
    if signed_in.access is None:
        return StaffSessionOpened(access_token=None, expires_in=None)
    access = signed_in.access
    return StaffSessionOpened(access_token=access.value.get_secret_value(), expires_in=access.expires_in)


@router.post("/api/v1/sessions/current/refresh", openapi_extra={**BY_SESSION, **repeats("told")})
async def refresh_staff_session(session: SessionCookie, response: Response, deps: CurrentDeps) -> Refreshed:
    """A new access token for the session of the cookie."""
    access = await refresh_staff_access(deps, session)
    keep_access(response, access)
    return Refreshed.of(access)


@router.delete("/api/v1/sessions/current", status_code=204, openapi_extra=BY_SESSION)
async def delete_staff_session(
    session: SessionCookie, client: CurrentClient, response: Response, deps: CurrentDeps
) -> None:
    """Signs out here."""
    await staff_sign_out(deps, session, client)
    forget_sign_in(response)


def keep_staff(response: Response, signed_in: StaffSignedIn) -> None:
    """The desk's cookies go nowhere from another site's link but to pages that change nothing."""
    lasts = int(ABSOLUTE.total_seconds())
    cookies.set_cookie(response, cookies.SESSION, signed_in.session.get_secret_value(), max_age=lasts)
    if signed_in.access is not None:
        keep_access(response, signed_in.access)
    if signed_in.browser is not None:
        keep_browser(response, signed_in.browser)


async def found_session(request: Request) -> SecretStr | None:
    value = request.cookies.get(cookies.SESSION)
    return SecretStr(value) if value else None


FoundStaffCookie = Annotated[SecretStr | None, Depends(found_session)]
