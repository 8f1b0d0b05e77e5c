"""The customers' API: the contracts of whoever calls, the active one, and another one by its key."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, SecretStr
from starlette.responses import Response

from services.contracts.domain.contracts import LinkedContract
from services.contracts.handlers.link_contract import LinkContract, link_contract
from services.contracts.handlers.list_contracts import list_contracts
from services.contracts.handlers.switch_contract import SwitchContract, switch_contract
from services.contracts.http.current import CurrentCustomer, CurrentDeps, CustomerRoute
from services.contracts.http.shown import ContractList, ContractShown, contract_json, list_json
from shared import faults
from shared.idempotency import Answer
from shared.ids import ContractId
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.models import Body
from shared.web.openapi import BY_TOKEN
from shared.web.repeats import CurrentClaim, once
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=CustomerRoute, tags=["customer"])

CONTRACTS = "/api/v1/contracts"
JSON = "application/json"


class Choice(Body):
    contract_id: Annotated[ContractId, Field(strict=False)]


class OfferedKey(Body):
    activation_key: Annotated[SecretStr, Field(min_length=1, description="As the letter has it.")]


@router.get(CONTRACTS, response_model=ContractList, openapi_extra=BY_TOKEN)
async def get_contracts(
    customer: CurrentCustomer,
    portal: CurrentPortal,
    deps: CurrentDeps,
    after: Annotated[ContractId | None, Query(description="The `after` of the page before.")] = None,
    limit: Annotated[int | None, Query(ge=1, le=1000, description="Where absent: all.")] = None,
) -> Response:
    """All and only the contracts of whoever asks (S0.10), in the order they were linked."""
    found = await list_contracts(deps, portal, customer.account_id)
    if after is None and limit is None:
        return Response(list_json(found), media_type=JSON)
    page, last = _page(found, after, limit)
    return Response(list_json(page, after=last), media_type=JSON)


@router.put(CONTRACTS + "/active", response_model=ContractShown, openapi_extra=BY_TOKEN)
async def put_active_contract(
    body: Choice, customer: CurrentCustomer, portal: CurrentPortal, client: CurrentClient, deps: CurrentDeps
) -> Response:
    """Makes it the active one on every device. Somebody else's is as unknown as one that does not exist."""
    command = SwitchContract(portal, customer.account_id, body.contract_id, client)
    return Response(contract_json(await switch_contract(deps, command)), media_type=JSON)


@router.post(CONTRACTS + "/links", status_code=201, response_model=ContractShown, openapi_extra=BY_TOKEN)
async def post_link(
    body: OfferedKey,
    customer: CurrentCustomer,
    portal: CurrentPortal,
    client: CurrentClient,
    claim: CurrentClaim,
    deps: CurrentDeps,
) -> Response:
    """Links the contract whose activation key this is (S0.5)."""
    command = LinkContract(portal, customer.account_id, body.activation_key, client)
    linked = await link_contract(deps, command, once(claim, _linked))
    faults.passing("contracts.before_reply")
    return Response(contract_json(linked), 201, media_type=JSON)


def _linked(contract: LinkedContract) -> Answer:
    return Answer(201, contract_json(contract))


def _page(
    contracts: Sequence[LinkedContract], after: ContractId | None, limit: int | None
) -> tuple[Sequence[LinkedContract], ContractId | None]:
    """A part of them, and where the next one begins. Raises FieldsInvalid for a cursor that is none of these."""
    start = 0
    if after is not None:
        places = {contract.id: place for place, contract in enumerate(contracts)}
        if after not in places:
            raise FieldsInvalid([FieldFault("query/after", "field_invalid", "is not on the list")])
        start = places[after] + 1
    end = min(len(contracts), start + (limit or len(contracts)))
    return contracts[start:end], contracts[end - 1].id if end < len(contracts) else None
