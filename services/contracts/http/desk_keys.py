"""The desk's activation keys: the request that was checked, the key it brings, and its end (S0.7, S0.8)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.contracts.handlers.desk_issue_key import Issued, IssueKey, issue_key
from services.contracts.handlers.desk_request_key import KeyRequest, request_key
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_contracts import CONTRACT
from shared.idempotency import Answer
from shared.ids import ContractId, KeyId
from shared.web.desk import CurrentActor, NamedPortal, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once
from shared.web.routes import repeats

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

PORTAL = "/api/v1/portals/{portal}"


class NewKeyRequest(Body):
    """What somebody who writes for a key must show. Of the documents nothing is kept."""

    contract_id: Annotated[ContractId, Field(strict=False)]
    identity_checked: bool = Field(description="A copy of the identity card was looked at.")
    address_checked: bool = Field(description="The address given is the property's.")


class KeyRequestMade(Body):
    id: UUID


class KeyOrder(Body):
    request_id: Annotated[UUID, Field(strict=False)]


class KeyShown(Body):
    key_id: KeyId
    key: str = Field(description="As it is printed. It is shown here only, and this once.")


@router.post(PORTAL + "/key-requests", status_code=201, openapi_extra=needs("contracts:write"))
async def post_key_request(
    body: NewKeyRequest, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> KeyRequestMade:
    """Records that identity and address were checked, and by whom."""
    command = KeyRequest(portal, actor, body.contract_id, body.identity_checked, body.address_checked)
    return KeyRequestMade(id=await request_key(deps, command, once(claim, _made)))


@router.post(CONTRACT + "/keys", status_code=201, openapi_extra={**needs("contracts:write"), **repeats("told")})
async def post_key(
    contract_id: ContractId,
    body: KeyOrder,
    portal: NamedPortal,
    actor: CurrentActor,
    claim: CurrentClaim,
    deps: CurrentDeps,
) -> KeyShown:
    """A new key for the contract; the one it had is revoked (S0.6)."""
    issued = await issue_key(deps, IssueKey(portal, actor, contract_id, body.request_id), once(claim, _not_again))
    return KeyShown(key_id=issued.key_id, key=issued.key.get_secret_value())


@router.delete(PORTAL + "/keys/{key_id}", status_code=204, openapi_extra=needs("contracts:write"))
async def delete_key(key_id: KeyId, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps) -> None:
    """Revokes a key. One that was used stays so: the contract is dissociated instead."""
    await revoke_key(deps, RevokeKey(portal, actor, key_id))


def _made(request_id: UUID) -> Answer:
    return Answer(201, KeyRequestMade(id=request_id).model_dump_json().encode())


def _not_again(_: Issued) -> Answer:
    return Answer(201, None)
