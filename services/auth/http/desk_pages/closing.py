"""`/accounts/{id}/close` and `/reopen`: somebody leaves, or comes back (B11)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.handlers.desk_close_account import CloseAccount, ReopenAccount, close_account, reopen_account
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to
from services.auth.http.desk_pages.confirming import ask
from services.auth.http.desk_pages.met import ACCOUNT, MetPerson
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

CLOSE = ACCOUNT + "/close"
REOPEN = ACCOUNT + "/reopen"
WRITING = needs("accounts:write")


@router.get(CLOSE, openapi_extra=WRITING)
async def close_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    return ask(request, pages, met, "close")


@router.post(CLOSE, openapi_extra=WRITING)
async def close_form(met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps) -> Response:
    await close_account(deps, CloseAccount(met.portal, actor, met.account.id))
    return back_to(met, "close")


@router.get(REOPEN, openapi_extra=WRITING)
async def reopen_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    return ask(request, pages, met, "reopen")


@router.post(REOPEN, openapi_extra=WRITING)
async def reopen_form(met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps) -> Response:
    await reopen_account(deps, ReopenAccount(met.portal, actor, met.account.id))
    return back_to(met, "reopen")
