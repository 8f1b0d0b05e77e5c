"""The way into the desk, and out of it."""

from collections.abc import Sequence
from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import CredentialsNotRecognised, NotSignedIn
from services.auth.handlers.staff_sessions import resume_staff_session, staff_sign_out
from services.auth.handlers.staff_sign_in import StaffSignIn, staff_sign_in
from services.auth.handlers.staff_token import staff_token
from services.auth.http.current import CurrentDeps, browser_cookie, session_cookie
from services.auth.http.desk_sessions import FoundStaffCookie, StaffCredentials, keep_staff
from services.auth.http.pages.way_back import WayBack, renewed, way_back
from services.auth.http.session_cookies import forget_sign_in, keep_access
from services.auth.http.statuses import STATUSES
from shared.web.desk_pages import OpenDeskPage
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.signing_in import SIGN_IN
from shared.web.visits import CurrentClient

router = APIRouter(route_class=OpenDeskPage)

HOME = "/"
SET_UP = "/second-factor"


class StaffForm(StaffCredentials):
    next: str = ""


@router.get(SIGN_IN)
async def staff_sign_in_page(
    request: Request, session: FoundStaffCookie, deps: CurrentDeps, pages: CurrentPages, wanted: WayBack = None
) -> Response:
    """Whoever is signed in goes on to where they wanted, with a fresh access token: every service sends people here
    when theirs has run out."""
    goal = way_back(wanted)
    try:
        if session is None:
            raise NotSignedIn
        found = await resume_staff_session(deps, session)
    except NotSignedIn:
        return _show(request, pages, goal=goal, signed_out="signed_out" in request.query_params)
    if found.enrolling:
        return see_other(SET_UP)
    response = see_other(renewed(goal) if goal else HOME)
    keep_access(response, staff_token(deps, found.staff, found.at))
    return response


@router.post(SIGN_IN)
async def staff_sign_in_form(
    request: Request, form: CurrentForm, client: CurrentClient, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    """Neither a wrong password nor a code is ever shown again; the name is."""
    typed, goal = form.get("login", ""), way_back(form.get("next"))
    try:
        given = validated(StaffForm, form)
        command = StaffSignIn(given.login, given.password, given.code, client, browser_cookie(request))
        signed_in = await staff_sign_in(deps, command)
    except FieldsInvalid as error:
        return _show(request, pages, status=422, goal=goal, typed=typed, faults=error.faults)
    except CredentialsNotRecognised:
        return _show(request, pages, status=STATUSES[CredentialsNotRecognised], goal=goal, typed=typed, refused=True)
    response = see_other(SET_UP if signed_in.access is None else goal or HOME)
    keep_staff(response, signed_in)
    return response


@router.post("/sign-out")
async def staff_sign_out_form(
    request: Request, form: CurrentForm, client: CurrentClient, deps: CurrentDeps
) -> Response:
    """Whoever is signed out already is where they wanted to be."""
    with suppress(NotSignedIn):
        await staff_sign_out(deps, await session_cookie(request), client)
    response = see_other(f"{SIGN_IN}?signed_out")
    forget_sign_in(response)
    return response


def _show(
    request: Request,
    pages: Pages,
    *,
    status: int = 200,
    goal: str | None = None,
    typed: str = "",
    faults: Sequence[FieldFault] = (),
    refused: bool = False,
    signed_out: bool = False,
) -> Response:
    return pages.show(
        request,
        "desk/sign_in.html",
        status=status,
        goal=goal,
        typed=typed,
        faults=faults,
        refused=refused,
        signed_out=signed_out,
    )
