"""`/accounts/new`: the desk opens an account; it mails nobody."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.auth.domain.accounts import Details
from services.auth.domain.errors import AddressMissing, IdentifierTaken
from services.auth.handlers.desk_open_account import OpenAccount, open_account
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to
from services.auth.http.desk_pages.details_form import details_of, show_details
from services.auth.http.desk_pages.met import ACCOUNTS, Met
from shared.details import DetailFault, DetailsNotAcceptable
from shared.portals import Portal
from shared.portals.registry import UnknownPortal
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.desk_portals import GrantedPortals, choose_portal
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

NEW = ACCOUNTS + "/new"
WRITING = needs("accounts:write")
TEMPLATE = "desk/new_account.html"
BESIDES = frozenset({"identifier", "shared_mailbox"})


async def chosen_portal(portals: GrantedPortals, portal: str = "") -> Portal | None:
    return choose_portal(portals, portal)


ChosenPortal = Annotated[Portal | None, Depends(chosen_portal)]


@router.get(NEW, openapi_extra=WRITING)
async def new_account_page(
    request: Request, portals: GrantedPortals, portal: ChosenPortal, pages: CurrentPages
) -> Response:
    if portal is None:
        return pages.show(request, "choose_portal.html", portals=portals, path=NEW, title="desk.new.choose")
    nobody = Details(title="", name="", email="", language=portal.languages[0])
    return show_details(request, pages, TEMPLATE, portal, nobody)


@router.post(NEW, openapi_extra=WRITING)
async def new_account_form(
    request: Request,
    portal: ChosenPortal,
    form: CurrentForm,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    if portal is None:
        raise UnknownPortal
    details = details_of(portal, form, besides=BESIDES)
    identifier, shared = form.get("identifier", "").strip(), "shared_mailbox" in form
    command = OpenAccount(portal, actor, identifier or None, details, mailbox_shared=shared)
    try:
        account = await open_account(deps, command)
    except (AddressMissing, DetailsNotAcceptable, IdentifierTaken) as error:
        refusal = DetailsNotAcceptable(_faults(error))
        return show_details(
            request, pages, TEMPLATE, portal, details, refusal=refusal, identifier=identifier, shared_mailbox=shared
        )
    return back_to(Met(account, portal), "opened")


def _faults(error: AddressMissing | DetailsNotAcceptable | IdentifierTaken) -> Sequence[DetailFault]:
    if isinstance(error, DetailsNotAcceptable):
        return error.faults
    return [DetailFault("email" if isinstance(error, AddressMissing) else "identifier", error.code, str(error))]
