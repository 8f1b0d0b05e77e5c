"""« Associer un autre compte »: the activation key is all that is asked for (S0.4, S0.5)."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contracts.domain.customers import Customer
from services.contracts.domain.errors import ContractAlreadyLinked, KeyRefused, TooManyTries
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.link_contract import LinkContract, link_contract
from services.contracts.http.contracts import OfferedKey
from services.contracts.http.current import CurrentCustomer, CurrentDeps, CustomerPage
from services.contracts.http.pages import switch
from services.contracts.http.statuses import STATUSES
from shared.errors import DomainError
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.problems import problem_headers
from shared.web.statuses import status_of
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=CustomerPage)

PATH = "/contracts/link"
FIELD = "activation_key"


@router.get(PATH)
async def link_page(
    request: Request, customer: CurrentCustomer, portal: CurrentPortal, pages: CurrentPages
) -> Response:
    require_linking(portal.policy)
    return _show(request, pages, customer)


@router.post(PATH)
async def link(
    request: Request,
    form: CurrentForm,
    customer: CurrentCustomer,
    portal: CurrentPortal,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """Why a key links nothing is said next to it, and the key stays there to be corrected (S0.12)."""
    typed = form.get(FIELD, "")
    try:
        offered = validated(OfferedKey, form).activation_key
        linked = await link_contract(deps, LinkContract(portal, customer.account_id, offered, client))
    except FieldsInvalid as error:
        return _show(request, pages, customer, status=422, typed=typed, faults=error.faults)
    except (KeyRefused, ContractAlreadyLinked, TooManyTries) as error:
        return _refused(request, pages, customer, typed, error)
    return see_other(f"{switch.PATH}?linked={linked.id}")


def _refused(request: Request, pages: Pages, customer: Customer, typed: str, error: DomainError) -> Response:
    status, fault = status_of(error, STATUSES), FieldFault(FIELD, error.code, str(error))
    page = _show(request, pages, customer, status=status, typed=typed, faults=(fault,))
    page.headers.update(problem_headers(error, status))
    return page


def _show(
    request: Request,
    pages: Pages,
    customer: Customer,
    *,
    status: int = 200,
    typed: str = "",
    faults: Sequence[FieldFault] = (),
) -> Response:
    return pages.show(request, "link.html", status=status, person=customer, typed=typed, faults=faults)
