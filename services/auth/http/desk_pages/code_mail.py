"""`/accounts/{id}/code-mail`: a lost code is mailed to its owner (S2.10)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import AccountIsClosed, AddressMissing, CodeNotOffered
from services.auth.domain.offered import require_codes
from services.auth.handlers.desk_mail_code import MailCode, mail_code
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to, show_met
from services.auth.http.desk_pages.confirming import ask
from services.auth.http.desk_pages.met import ACCOUNT, MetPerson
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

CODE_MAIL = ACCOUNT + "/code-mail"
WRITING = needs("accounts:write")
WORDS = "code_mail"


@router.get(CODE_MAIL, openapi_extra=WRITING)
async def code_mail_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    require_codes(met.portal.policy)
    return ask(request, pages, met, WORDS)


@router.post(CODE_MAIL, openapi_extra=WRITING)
async def code_mail_form(
    request: Request, met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    try:
        await mail_code(deps, MailCode(met.portal, actor, met.account.id))
    except (AccountIsClosed, AddressMissing, CodeNotOffered) as refusal:
        return await show_met(request, pages, deps, actor, met, refusal=refusal)
    return back_to(met, WORDS)
