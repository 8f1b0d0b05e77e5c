"""« Activation du compte »: the e-mail is the only input (S1.3), or the code where the portal goes by that.

Where people choose their passwords, the mail has a link, and what it leads to is here as well.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.auth.domain.errors import AccountNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.handlers.confirm_reset import ConfirmReset, confirm_reset
from services.auth.http.activations import ask_activation
from services.auth.http.current import CurrentDeps
from services.auth.http.pages.confirmations import REFUSED, ConfirmPage, read_confirmation, show_confirmation
from services.auth.http.pages.member_route import SIGN_IN
from services.auth.http.statuses import STATUSES
from shared.portals import Policy, Portal
from shared.web.errors import FieldFault, FieldsInvalid, NotFound
from shared.web.forms import CurrentForm
from shared.web.models import Body, Line, validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.routes import PageRoute
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PageRoute)

PATH = "/activate"
CONFIRM = ConfirmPage("activate_confirm", f"{PATH}/confirm", again=PATH)


def _like_an_address(text: str) -> str:
    """Someone who typed their name or identifier here is told so, before it is looked for."""
    if "@" not in text:
        raise PydanticCustomError("not_an_address", "is not an address")
    return text


class ByEmail(Body):
    email: Annotated[Line, AfterValidator(_like_an_address)]


class ByCode(Body):
    code: Line


class ByEither(Body):
    login: Line


@router.get(PATH)
async def activate_page(
    request: Request, portal: CurrentPortal, pages: CurrentPages, sent: str | None = None
) -> Response:
    return _show(request, pages, portal, sent=sent is not None)


@router.post(PATH)
async def activate(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """What was typed comes back with the fault beside it; what was done leads to a page that can be reloaded."""
    try:
        await ask_activation(deps, portal, _submitted(portal, form), client)
    except FieldsInvalid as error:
        return _show(request, pages, portal, status=422, typed=form, faults=error.faults)
    except AccountNotRecognised as error:
        status, fault = STATUSES[AccountNotRecognised], FieldFault(asked_name(portal.policy), error.code, str(error))
        return _show(request, pages, portal, status=status, typed=form, refused=error, faults=(fault,))
    return see_other(f"{PATH}?sent")


@router.get(CONFIRM.path)
async def confirm_page(request: Request, portal: CurrentPortal, pages: CurrentPages) -> Response:
    _require_links(portal)
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
    """Whoever has chosen a password signs in with it: a link by mail alone makes nobody's browser somebody's."""
    _require_links(portal)
    try:
        given = read_confirmation(form)
        await confirm_reset(deps, ConfirmReset(portal, given.token, given.password, client))
    except REFUSED as error:
        return show_confirmation(request, pages, CONFIRM, typed=form, refused=error)
    return see_other(f"{SIGN_IN}?chosen")


def _require_links(portal: Portal) -> None:
    if portal.policy.activation != "reset_link":
        raise NotFound


def asked_name(policy: Policy) -> str:
    """What the page asks for: the one kind of name the portal goes by, or either."""
    names = policy.activation_names
    return "login" if len(names) > 1 else next(iter(names))


def _submitted(portal: Portal, form: Mapping[str, str]) -> SubmittedName:
    """Raises FieldsInvalid."""
    match asked_name(portal.policy):
        case "email":
            return SubmittedName("email", validated(ByEmail, form).email)
        case "code":
            return SubmittedName("code", validated(ByCode, form).code)
        case _:
            text = validated(ByEither, form).login
            return SubmittedName("email" if "@" in text else "code", text)


def _show(
    request: Request,
    pages: Pages,
    portal: Portal,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    faults: Sequence[FieldFault] = (),
    refused: AccountNotRecognised | None = None,
    sent: bool = False,
) -> Response:
    field = asked_name(portal.policy)
    value = (typed or {}).get(field, "")
    return pages.show(
        request, "activate.html", status=status, asked=field, typed=value, faults=faults, refused=refused, sent=sent
    )
