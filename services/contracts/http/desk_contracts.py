"""The desk's contracts: register, search, show."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import Field

from services.contracts.domain.contracts import Contract, Details
from services.contracts.handlers.desk_find_contracts import MOST, find_contracts, show_contract
from services.contracts.handlers.desk_register_contract import RegisterContract, register_contract
from services.contracts.http.current import CurrentDeps
from shared.idempotency import Answer
from shared.ids import AccountId, ContractId, PortalName
from shared.web.desk import CurrentActor, NamedPortal, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

CONTRACTS = "/api/v1/portals/{portal}/contracts"
CONTRACT = CONTRACTS + "/{contract_id}"


class NewContract(Body):
    """What makes its fields acceptable, the domain knows."""

    number: str = Field(description="The operator's name for it; it never changes.")
    label: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""


class DeskContract(NewContract):
    id: ContractId
    portal: PortalName

    @classmethod
    def of(cls, contract: Contract) -> Self:
        details = contract.details
        return cls(
            id=contract.id,
            portal=contract.portal,
            number=details.number,
            label=details.label,
            street=details.street,
            postal_code=details.postal_code,
            city=details.city,
        )


class DeskContractPage(Body):
    items: list[DeskContract]
    after: ContractId | None = Field(description="Where the next page begins; null at the end.")


@router.post(CONTRACTS, status_code=201, openapi_extra=needs("contracts:write"))
async def post_contract(
    body: NewContract, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> DeskContract:
    """Enters a contract; nobody has it yet."""
    details = Details(body.number, body.label, body.street, body.postal_code, body.city)
    return DeskContract.of(await register_contract(deps, RegisterContract(portal, actor, details), once(claim, _new)))


@router.get(CONTRACTS, openapi_extra=needs("contracts:read"))
async def get_desk_contracts(
    portal: NamedPortal,
    actor: CurrentActor,
    deps: CurrentDeps,
    q: Annotated[str, Query(max_length=320, description="How its number begins, or words of it.")] = "",
    account: Annotated[AccountId | None, Query(description="Only those this account has.")] = None,
    after: ContractId | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> DeskContractPage:
    """Looks for contracts."""
    found = await find_contracts(deps, [portal.name], actor, q, holder=account, after=after, limit=limit)
    return DeskContractPage(items=[DeskContract.of(contract) for contract in found.contracts], after=found.after)


@router.get(CONTRACT, openapi_extra=needs("contracts:read"))
async def get_desk_contract(
    contract_id: ContractId, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps
) -> DeskContract:
    return DeskContract.of(await show_contract(deps, portal, actor, contract_id))


def _new(contract: Contract) -> Answer:
    return Answer(201, DeskContract.of(contract).model_dump_json().encode())
