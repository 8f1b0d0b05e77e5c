"""`/accounts/{id}/mailbox`: that several people read a person's mails, or do so no more (S2.5, B2)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import AddressMissing
from services.auth.handlers.desk_flag_mailbox import FlagMailbox, flag_mailbox
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to, show_met
from services.auth.http.desk_pages.confirming import ask
from services.auth.http.desk_pages.met import ACCOUNT, MetPerson
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

MAILBOX = ACCOUNT + "/mailbox"
WRITING = needs("accounts:write")
SHARED, NOT_SHARED = "flag", "unflag"


@router.get(MAILBOX, openapi_extra=WRITING)
async def mailbox_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    """The form says what is to become of it: sent twice, it says the same twice."""
    what = NOT_SHARED if met.account.mailbox_shared else SHARED
    return ask(request, pages, met, what, fields={"mailbox": what})


@router.post(MAILBOX, openapi_extra=WRITING)
async def mailbox_form(
    request: Request, met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    address, what = met.account.details.email, SHARED if form.get("mailbox") == SHARED else NOT_SHARED
    if not address:
        return await show_met(request, pages, deps, actor, met, refusal=AddressMissing())
    await flag_mailbox(deps, FlagMailbox(met.portal, actor, address, shared=what == SHARED))
    return back_to(met, what)
