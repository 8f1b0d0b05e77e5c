"""« Identification »: the sign-in page, and the way out."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import AccountNotRecognised, CredentialsNotRecognised, NotSignedIn
from services.auth.handlers.refresh_access import refresh_access
from services.auth.handlers.sign_in import SignIn, sign_in
from services.auth.handlers.sign_out import sign_out, sign_out_everywhere
from services.auth.http.current import CurrentDeps, FoundSession, browser_cookie, current_session, session_cookie
from services.auth.http.pages.account import PATH as INSIDE
from services.auth.http.pages.member_route import SIGN_IN
from services.auth.http.pages.send_password import BOX, send_password, sends_passwords
from services.auth.http.pages.way_back import WayBack, choosing_first, renewed, way_back
from services.auth.http.session_cookies import forget_sign_in, keep_access, keep_sign_in
from services.auth.http.sessions import Credentials
from services.auth.http.statuses import STATUSES
from shared.errors import DomainError
from shared.portals import Portal
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.routes import PageRoute
from shared.web.statuses import status_of
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PageRoute)

DONE = ("signed_out", "opened", "chosen", "sent")  # what has led here, said at the head of the page


class SignInForm(Credentials):
    next: str = ""


@router.get(SIGN_IN)
async def sign_in_page(
    request: Request,
    session: FoundSession,
    portal: CurrentPortal,
    deps: CurrentDeps,
    pages: CurrentPages,
    wanted: WayBack = None,
) -> Response:
    """Whoever is signed in goes on to where they wanted, with a fresh access token: other services send people here
    when theirs has run out."""
    goal = way_back(wanted)
    if session is None:
        done = next((name for name in DONE if name in request.query_params), None)
        return _show(request, pages, portal, goal=goal, done=done)
    if session.must_change_password:
        return see_other(choosing_first(goal))
    response = see_other(renewed(goal) if goal else INSIDE)
    keep_access(response, await refresh_access(deps, portal, await session_cookie(request)))
    return response


@router.post(SIGN_IN)
async def sign_in_form(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """A wrong password is never shown again; the identifier is. With the box ticked, the password is mailed."""
    typed, goal = form.get("login", ""), way_back(form.get("next"))
    try:
        if BOX in form and sends_passwords(portal):
            await send_password(deps, portal, form, client)
            return see_other(f"{SIGN_IN}?{urlencode({'next': goal})}&sent" if goal else f"{SIGN_IN}?sent")
        given = validated(SignInForm, form)
        signed_in = await sign_in(deps, SignIn(portal, given.login, given.password, client, browser_cookie(request)))
    except FieldsInvalid as error:
        return _show(request, pages, portal, status=422, goal=goal, typed=typed, faults=error.faults)
    except (AccountNotRecognised, CredentialsNotRecognised) as error:
        status = status_of(error, STATUSES)
        return _show(request, pages, portal, status=status, goal=goal, typed=typed, refused=error)
    response = see_other(choosing_first(goal) if signed_in.must_change_password else goal or INSIDE)
    keep_sign_in(response, portal, signed_in)
    return response


@router.post("/sign-out")
async def sign_out_form(
    request: Request, form: CurrentForm, portal: CurrentPortal, client: CurrentClient, deps: CurrentDeps
) -> Response:
    """Here, or everywhere. Whoever is signed out already is where they wanted to be."""
    with suppress(NotSignedIn):
        if "everywhere" in form:
            await sign_out_everywhere(deps, portal, (await current_session(request)).account_id, client)
        else:
            await sign_out(deps, portal, await session_cookie(request), client)
    response = see_other(f"{SIGN_IN}?signed_out")
    forget_sign_in(response)
    return response


def _show(
    request: Request,
    pages: Pages,
    portal: Portal,
    *,
    status: int = 200,
    goal: str | None = None,
    typed: str = "",
    faults: Sequence[FieldFault] = (),
    refused: DomainError | None = None,
    done: str | None = None,
) -> Response:
    return pages.show(
        request,
        "sign_in.html",
        status=status,
        sends=sends_passwords(portal),
        goal=goal,
        typed=typed,
        faults=faults,
        refused=refused,
        done=done,
    )
