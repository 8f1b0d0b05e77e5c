"""« Mon compte »: what the customer file says of the person who is signed in."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import NotSignedIn
from services.auth.handlers.refresh_access import refresh_access
from services.auth.http.current import CurrentDeps, current_session, session_cookie
from services.auth.http.pages.sign_in import PATH as SIGN_IN
from services.auth.http.session_cookies import keep_access
from shared.web import cookies
from shared.web.pages import CurrentPages, see_other
from shared.web.routes import PageRoute
from shared.web.visits import CurrentPortal

router = APIRouter(route_class=PageRoute)


@router.get("/account")
async def account(request: Request, portal: CurrentPortal, deps: CurrentDeps, pages: CurrentPages) -> Response:
    """Renews the access token, by which the other services know the person, once it has run out."""
    try:
        session = await current_session(request)
    except NotSignedIn:
        return see_other(f"{SIGN_IN}?needed")
    response = pages.show(request, "account.html", person=session)
    if cookies.ACCESS not in request.cookies:
        keep_access(response, await refresh_access(deps, portal, await session_cookie(request)))
    return response
