"""« changer de contrat »: the contracts of whoever is signed in, and an icon left of each that opens it (S0.9)."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contracts.domain.contracts import LinkedContract
from services.contracts.domain.errors import ContractNotFound
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.list_contracts import list_contracts
from services.contracts.handlers.switch_contract import SwitchContract, switch_contract
from services.contracts.http.current import CurrentCustomer, CurrentDeps, CustomerPage
from shared.ids import ContractId
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, see_other
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=CustomerPage)

PATH = "/contracts"


@router.get(PATH)
async def switch_page(
    request: Request,
    customer: CurrentCustomer,
    portal: CurrentPortal,
    deps: CurrentDeps,
    pages: CurrentPages,
    linked: str | None = None,
    opened: str | None = None,
) -> Response:
    """`linked` and `opened` name the contract that was just linked or opened: only one's own is spoken of."""
    require_linking(portal.policy)
    found = await list_contracts(deps, portal, customer.account_id)
    return pages.show(
        request,
        "switch.html",
        person=customer,
        contracts=found,
        linked=_named(found, linked),
        opened=_named(found, opened),
    )


@router.post(PATH)
async def switch(
    form: CurrentForm, customer: CurrentCustomer, portal: CurrentPortal, client: CurrentClient, deps: CurrentDeps
) -> Response:
    contract_id = _contract_id(form.get("contract_id", ""))
    await switch_contract(deps, SwitchContract(portal, customer.account_id, contract_id, client))
    return see_other(f"{PATH}?opened={contract_id}")


def _named(contracts: Sequence[LinkedContract], given: str | None) -> LinkedContract | None:
    return next((contract for contract in contracts if str(contract.id) == given), None)


def _contract_id(text: str) -> ContractId:
    try:
        return ContractId(UUID(text))
    except ValueError:
        raise ContractNotFound from None
