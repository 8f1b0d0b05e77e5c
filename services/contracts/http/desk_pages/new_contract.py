"""`/contracts/new`: the desk enters a contract; nobody has it yet."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.contracts.domain.contracts import Details
from services.contracts.domain.errors import NumberTaken
from services.contracts.handlers.desk_register_contract import RegisterContract, register_contract
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_pages.contract import back_to
from services.contracts.http.desk_pages.seen import CONTRACTS, SeenContract
from services.contracts.http.statuses import STATUSES
from shared.details import DetailsNotAcceptable
from shared.errors import DomainError
from shared.portals import Portal
from shared.portals.registry import UnknownPortal
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.desk_portals import GrantedPortals, choose_portal
from shared.web.errors import FieldFault
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, Pages
from shared.web.statuses import EDGE, status_of

router = APIRouter(route_class=AuditedDeskPage)

NEW = CONTRACTS + "/new"
WRITING = needs("contracts:write")
NOTHING = Details(number="", label="", street="", postal_code="", city="")


async def linking_portals(portals: GrantedPortals) -> Sequence[Portal]:
    """Elsewhere nobody would ever have the contract."""
    return [portal for portal in portals if portal.policy.linking]


LinkingPortals = Annotated[Sequence[Portal], Depends(linking_portals)]


@router.get(NEW, openapi_extra=WRITING)
async def new_contract_page(
    request: Request, portals: LinkingPortals, pages: CurrentPages, portal: str = ""
) -> Response:
    chosen = choose_portal(portals, portal)
    if chosen is None:
        return pages.show(request, "choose_portal.html", portals=portals, path=NEW, title="desk.new_contract.choose")
    return _show(request, pages, chosen, NOTHING)


@router.post(NEW, openapi_extra=WRITING)
async def new_contract_form(
    request: Request,
    portals: LinkingPortals,
    form: CurrentForm,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
    portal: str = "",
) -> Response:
    chosen = choose_portal(portals, portal)
    if chosen is None:
        raise UnknownPortal
    details = _details_of(form)
    try:
        contract = await register_contract(deps, RegisterContract(chosen, actor, details))
    except (DetailsNotAcceptable, NumberTaken) as error:
        return _show(request, pages, chosen, details, refusal=error)
    return back_to(SeenContract(contract, chosen), "registered")


def _details_of(form: Mapping[str, str]) -> Details:
    """What was typed, whatever it was: the domain knows what is acceptable."""
    return Details(
        number=form.get("number", ""),
        label=form.get("label", ""),
        street=form.get("street", ""),
        postal_code=form.get("postal_code", ""),
        city=form.get("city", ""),
    )


def _show(
    request: Request, pages: Pages, portal: Portal, details: Details, *, refusal: DomainError | None = None
) -> Response:
    """`refusal`: why what was typed was not taken."""
    status = 200 if refusal is None else status_of(refusal, {**EDGE, **STATUSES})
    return pages.show(
        request, "desk/new_contract.html", status=status, of=portal, details=details, faults=_faults(refusal)
    )


def _faults(refusal: DomainError | None) -> Sequence[FieldFault]:
    if isinstance(refusal, DetailsNotAcceptable):
        return [FieldFault(fault.field, fault.code, fault.message) for fault in refusal.faults]
    return [] if refusal is None else [FieldFault("number", refusal.code, str(refusal))]
