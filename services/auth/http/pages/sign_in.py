"""« Identification »: the sign-in page, and the way out."""

from collections.abc import Sequence
from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import CredentialsNotRecognised, NotSignedIn
from services.auth.handlers.sign_in import SignIn, sign_in
from services.auth.handlers.sign_out import sign_out, sign_out_everywhere
from services.auth.http.current import CurrentDeps, FoundSession, browser_cookie, current_session, session_cookie
from services.auth.http.session_cookies import forget_sign_in, keep_sign_in
from services.auth.http.sessions import Credentials
from services.auth.http.statuses import STATUSES
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.routes import PageRoute
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PageRoute)

PATH = "/sign-in"
INSIDE = "/account"


@router.get(PATH)
async def sign_in_page(
    request: Request,
    session: FoundSession,
    pages: CurrentPages,
    signed_out: str | None = None,
    needed: str | None = None,
) -> Response:
    if session is not None:
        return see_other(INSIDE)
    return _show(request, pages, signed_out=signed_out is not None, needed=needed is not None)


@router.post(PATH)
async def sign_in_form(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """A wrong password is never shown again; the identifier is."""
    typed = form.get("login", "")
    try:
        given = validated(Credentials, form)
        signed_in = await sign_in(deps, SignIn(portal, given.login, given.password, client, browser_cookie(request)))
    except FieldsInvalid as error:
        return _show(request, pages, status=422, typed=typed, faults=error.faults)
    except CredentialsNotRecognised as error:
        return _show(request, pages, status=STATUSES[CredentialsNotRecognised], typed=typed, refused=error)
    response = see_other(INSIDE)
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
    response = see_other(f"{PATH}?signed_out")
    forget_sign_in(response)
    return response


def _show(
    request: Request,
    pages: Pages,
    *,
    status: int = 200,
    typed: str = "",
    faults: Sequence[FieldFault] = (),
    refused: CredentialsNotRecognised | None = None,
    signed_out: bool = False,
    needed: bool = False,
) -> Response:
    return pages.show(
        request,
        "sign_in.html",
        status=status,
        typed=typed,
        faults=faults,
        refused=refused,
        signed_out=signed_out,
        needed=needed,
    )
