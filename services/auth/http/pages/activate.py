"""« Activation du compte »: the e-mail is the only input (S1.3)."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.auth.domain.errors import AccountNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from services.auth.http.current import CurrentDeps
from services.auth.http.statuses import STATUSES
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import Body, Line, validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.routes import PageRoute
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PageRoute)

PATH = "/activate"


def _like_an_address(text: str) -> str:
    """Someone who typed their name or identifier here is told so, before it is looked for."""
    if "@" not in text:
        raise PydanticCustomError("not_an_address", "is not an address")
    return text


class ActivationForm(Body):
    email: Annotated[Line, AfterValidator(_like_an_address)]


@router.get(PATH)
async def activate_page(request: Request, pages: CurrentPages, sent: str | None = None) -> Response:
    return _show(request, pages, sent=sent is not None)


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
    typed = form.get("email", "")
    try:
        email = validated(ActivationForm, form).email
        await regenerate_password(deps, RegeneratePassword(portal, SubmittedName("email", email), client))
    except FieldsInvalid as error:
        return _show(request, pages, status=422, typed=typed, faults=error.faults)
    except AccountNotRecognised as error:
        status, fault = STATUSES[AccountNotRecognised], FieldFault("email", error.code, str(error))
        return _show(request, pages, status=status, typed=typed, refused=error, faults=(fault,))
    return see_other(f"{PATH}?sent")


def _show(
    request: Request,
    pages: Pages,
    *,
    status: int = 200,
    typed: str = "",
    faults: Sequence[FieldFault] = (),
    refused: AccountNotRecognised | None = None,
    sent: bool = False,
) -> Response:
    return pages.show(request, "activate.html", status=status, typed=typed, faults=faults, refused=refused, sent=sent)
