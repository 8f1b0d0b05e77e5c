"""« Mon compte »: what the customer file says of the person who is signed in."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.handlers.refresh_access import refresh_access
from services.auth.http.current import CurrentDeps, CurrentMember, SessionCookie
from services.auth.http.pages.member_route import MemberRoute
from services.auth.http.pages.services import subscribed
from services.auth.http.session_cookies import keep_access
from shared.web import cookies
from shared.web.pages import CurrentPages
from shared.web.visits import CurrentPortal

router = APIRouter(route_class=MemberRoute)

PATH = "/account"


@router.get(PATH)
async def account(
    request: Request,
    portal: CurrentPortal,
    member: CurrentMember,
    session: SessionCookie,
    deps: CurrentDeps,
    pages: CurrentPages,
    changed: str | None = None,
) -> Response:
    """Renews the access token, by which the other services know the person, once it has run out."""
    response = pages.show(
        request,
        "account.html",
        person=member,
        subscribed=subscribed(portal, member),
        changed=changed is not None,
    )
    if cookies.ACCESS not in request.cookies:
        keep_access(response, await refresh_access(deps, portal, session))
    return response
