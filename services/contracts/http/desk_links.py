"""The desk's links: a contract for an account without a key, and off it again, which only the desk can (S0.11)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.contracts.domain.contracts import Contract
from services.contracts.handlers.desk_dissociate import Dissociate, dissociate
from services.contracts.handlers.desk_link_contract import LinkForAccount, link_for_account
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_contracts import CONTRACT, DeskContract
from shared.idempotency import Answer
from shared.ids import AccountId, ContractId
from shared.web.desk import CurrentActor, NamedPortal, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

LINKS = CONTRACT + "/links"


class NewLink(Body):
    account_id: Annotated[AccountId, Field(strict=False)]


@router.post(LINKS, status_code=201, openapi_extra=needs("contracts:write"))
async def post_desk_link(
    contract_id: ContractId,
    body: NewLink,
    portal: NamedPortal,
    actor: CurrentActor,
    claim: CurrentClaim,
    deps: CurrentDeps,
) -> DeskContract:
    """Links without a key; the person is told by mail."""
    command = LinkForAccount(portal, actor, contract_id, body.account_id)
    return DeskContract.of(await link_for_account(deps, command, once(claim, _linked)))


@router.delete(LINKS + "/{account_id}", status_code=204, openapi_extra=needs("contracts:write"))
async def delete_desk_link(
    contract_id: ContractId, account_id: AccountId, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps
) -> None:
    """Dissociates; the person is told by mail."""
    await dissociate(deps, Dissociate(portal, actor, contract_id, account_id))


def _linked(contract: Contract) -> Answer:
    return Answer(201, DeskContract.of(contract).model_dump_json().encode())
