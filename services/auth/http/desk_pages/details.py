"""`/accounts/{id}/details`: what the customer file says of a person is corrected."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.accounts import Details
from services.auth.handlers.desk_correct_account import CorrectAccount, correct_account
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to
from services.auth.http.desk_pages.details_form import details_of, show_details
from services.auth.http.desk_pages.met import ACCOUNT, MetPerson
from shared.details import DetailsNotAcceptable
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

DETAILS = ACCOUNT + "/details"
WRITING = needs("accounts:write")
TEMPLATE = "desk/details.html"


@router.get(DETAILS, openapi_extra=WRITING)
async def details_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    return show_details(request, pages, TEMPLATE, met.portal, met.account.details, met=met)


@router.post(DETAILS, openapi_extra=WRITING)
async def details_form(
    request: Request, met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    given = details_of(met.portal, form)
    changes = _changes(met.account.details, given)
    if not changes:
        return back_to(met, "nothing")
    try:
        await correct_account(deps, CorrectAccount(met.portal, actor, met.account.id, changes))
    except DetailsNotAcceptable as refusal:
        return show_details(request, pages, TEMPLATE, met.portal, given, refusal=refusal, met=met)
    return back_to(met, "details")


def _changes(before: Details, given: Details) -> Mapping[str, Any]:
    """What differs, and nothing else: what a colleague has corrected meanwhile stays."""
    former = asdict(before)
    return {name: value for name, value in asdict(given).items() if value != former[name]}
