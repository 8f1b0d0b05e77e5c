"""« Changer d’adresse »: a new address and the password, then the token of the mail that goes there (B12)."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import AddressUnchanged, CurrentPasswordWrong
from services.auth.domain.offered import require_own_change
from services.auth.domain.sessions import Session
from services.auth.handlers.change_language import ChangeLanguage, change_language
from services.auth.handlers.confirm_address import ConfirmAddress, confirm_address
from services.auth.handlers.request_address import RequestAddress, request_address
from services.auth.http.current import CurrentDeps, CurrentMember, FoundSession
from services.auth.http.own_changes import AddressConfirmation, AddressRequest, LanguageChange
from services.auth.http.pages.account import PATH as INSIDE
from services.auth.http.pages.confirmations import REFUSED, ConfirmPage, show_confirmation
from services.auth.http.pages.member_route import MemberRoute
from services.auth.http.statuses import STATUSES
from shared.details import DetailsNotAcceptable
from shared.errors import DomainError
from shared.web import cookies
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import REMEMBERED, CurrentPages, Pages, see_other
from shared.web.problems import field_faults
from shared.web.statuses import status_of
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=MemberRoute)

PATH = f"{INSIDE}/address"
CONFIRM = ConfirmPage("address_confirm", f"{PATH}/confirm", again=PATH, chooses=False)
FIELDS: Mapping[type[DomainError], str] = {AddressUnchanged: "email", CurrentPasswordWrong: "current"}


@router.post(f"{INSIDE}/language")
async def language_form(
    form: CurrentForm, portal: CurrentPortal, member: CurrentMember, client: CurrentClient, deps: CurrentDeps
) -> Response:
    """This browser speaks it too, whatever it was told before."""
    wanted = validated(LanguageChange, form).language
    await change_language(deps, ChangeLanguage(portal, member.account_id, wanted, client))
    response = see_other(INSIDE)
    cookies.set_cookie(response, cookies.LANGUAGE, wanted, max_age=REMEMBERED)
    return response


@router.get(PATH)
async def address_page(
    request: Request, portal: CurrentPortal, member: CurrentMember, pages: CurrentPages, sent: str | None = None
) -> Response:
    require_own_change(portal.policy, "address")
    return _show(request, pages, member, sent=sent is not None)


@router.post(PATH)
async def address_form(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    member: CurrentMember,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    try:
        given = validated(AddressRequest, form)
        await request_address(deps, RequestAddress(portal, member.account_id, given.email, given.current, client))
    except (FieldsInvalid, DetailsNotAcceptable) as error:
        return _show(request, pages, member, status=422, typed=form, faults=tuple(field_faults(error)))
    except (AddressUnchanged, CurrentPasswordWrong) as error:
        fault = FieldFault(FIELDS[type(error)], error.code, str(error))
        return _show(request, pages, member, status=status_of(error, STATUSES), typed=form, faults=(fault,))
    return see_other(f"{PATH}?sent")


@router.get(CONFIRM.path)
async def confirm_page(
    request: Request, portal: CurrentPortal, session: FoundSession, pages: CurrentPages, done: str | None = None
) -> Response:
    """Whoever reads the mail need not be signed in where they read it."""
    require_own_change(portal.policy, "address")
    if done is not None:
        return pages.show(request, "address_changed.html", person=session)
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
    try:
        await confirm_address(deps, ConfirmAddress(portal, validated(AddressConfirmation, form).token, client))
    except REFUSED as error:
        return show_confirmation(request, pages, CONFIRM, typed=form, refused=error)
    return see_other(f"{CONFIRM.path}?done")


def _show(
    request: Request,
    pages: Pages,
    member: Session,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    faults: Sequence[FieldFault] = (),
    sent: bool = False,
) -> Response:
    """A password never comes back."""
    email = (typed or {}).get("email", "")
    return pages.show(request, "address.html", status=status, person=member, typed=email, faults=faults, sent=sent)
