"""Somebody wrote to the operator for a key (S0.8): the desk records that identity and address were checked."""

from dataclasses import dataclass
from uuid import UUID

from services.contracts.deps import Deps
from services.contracts.domain.errors import ChecksIncomplete
from services.contracts.domain.keys import missing_checks
from services.contracts.sql import contracts, key_requests
from shared import audit, idempotency
from shared.audit import Actor
from shared.idempotency import Once
from shared.ids import ContractId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class KeyRequest:
    portal: Portal
    actor: Actor
    contract_id: ContractId
    identity_checked: bool
    address_checked: bool


async def request_key(deps: Deps, command: KeyRequest, once: Once[UUID] | None = None) -> UUID:
    """The request's id; no copy of any document is kept. One that lacks a check is no request.

    Raises ContractNotFound, ChecksIncomplete.
    """
    portal, contract_id = command.portal.name, command.contract_id
    missing = missing_checks(identity_checked=command.identity_checked, address_checked=command.address_checked)
    request_id = new_id()
    async with deps.db.transaction() as tx:
        await contracts.lock_contract(tx, portal, contract_id)
        if not missing:
            await key_requests.insert_request(tx, request_id, contract_id, portal, command.actor)
            await idempotency.keep_result(tx, once, request_id)
        await audit.insert_entry(
            tx,
            command.actor,
            "key_request_refused" if missing else "key_requested",
            portal,
            contract_id=contract_id,
            details={"missing": missing} if missing else {"request_id": str(request_id)},
        )
    if missing:
        raise ChecksIncomplete(missing)
    return request_id
