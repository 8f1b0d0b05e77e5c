"""« Ouvrir un compte »: a name and an address, a mail, then a password (S0.3)."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.offered import require_registration
from services.auth.handlers.confirm_registration import ConfirmRegistration, confirm_registration
from services.auth.handlers.request_registration import RequestRegistration, request_registration
from services.auth.http.current import CurrentDeps
from services.auth.http.pages.confirmations import REFUSED, ConfirmPage, read_confirmation, show_confirmation
from services.auth.http.pages.member_route import SIGN_IN
from services.auth.http.registrations import RegistrationRequest
from shared.details import DetailsNotAcceptable
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.problems import field_faults
from shared.web.routes import PageRoute
from shared.web.visits import CurrentClient, CurrentPortal, CurrentVisit

PATH = "/register"
CONFIRM = ConfirmPage("register_confirm", f"{PATH}/confirm", again=PATH)

router = APIRouter(route_class=PageRoute)


@router.get(PATH)
async def register_page(
    request: Request, portal: CurrentPortal, pages: CurrentPages, sent: str | None = None
) -> Response:
    require_registration(portal.policy)
    return _show(request, pages, sent=sent is not None)


@router.post(PATH)
async def register(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    visit: CurrentVisit,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    require_registration(portal.policy)
    try:
        details = validated(RegistrationRequest, form).details(portal, visit.language)
        await request_registration(deps, RequestRegistration(portal, details, client))
    except (FieldsInvalid, DetailsNotAcceptable) as error:
        return _show(request, pages, status=422, typed=form, faults=tuple(field_faults(error)))
    return see_other(f"{PATH}?sent")


@router.get(CONFIRM.path)
async def confirm_page(request: Request, portal: CurrentPortal, pages: CurrentPages) -> Response:
    require_registration(portal.policy)
    return show_confirmation(request, pages, CONFIRM)


@router.post(CONFIRM.path)
async def confirm(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """Whoever has opened an account signs in with it: a link by mail alone makes nobody's browser somebody's."""
    try:
        given = read_confirmation(form)
        await confirm_registration(deps, ConfirmRegistration(portal, given.token, given.password, client))
    except REFUSED as error:
        return show_confirmation(request, pages, CONFIRM, typed=form, refused=error)
    return see_other(f"{SIGN_IN}?opened")


def _show(
    request: Request,
    pages: Pages,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    faults: Sequence[FieldFault] = (),
    sent: bool = False,
) -> Response:
    return pages.show(request, "register.html", status=status, typed=typed or {}, faults=faults, sent=sent)
