"""`/accounts/{id}/activation`: a new password is mailed, or a link to choose one; nobody at the desk sees it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import AccountIsClosed, AddressMissing, MailboxShared
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to, show_met
from services.auth.http.desk_pages.confirming import ask
from services.auth.http.desk_pages.met import ACCOUNT, MetPerson
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

ACTIVATION = ACCOUNT + "/activation"
WRITING = needs("accounts:write")


@router.get(ACTIVATION, openapi_extra=WRITING)
async def activation_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    """For whoever comes from elsewhere: the person's page has the button itself."""
    return ask(request, pages, met, met.portal.policy.activation)


@router.post(ACTIVATION, openapi_extra=WRITING)
async def activation_form(
    request: Request, met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    try:
        await request_activation(deps, RequestActivation(met.portal, actor, met.account.id))
    except (AccountIsClosed, AddressMissing, MailboxShared) as refusal:
        return await show_met(request, pages, deps, actor, met, refusal=refusal)
    return back_to(met, met.portal.policy.activation)
