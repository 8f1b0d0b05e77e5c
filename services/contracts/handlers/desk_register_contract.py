"""The desk enters a contract."""

from dataclasses import dataclass

from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract, Details, acceptable
from services.contracts.domain.errors import NumberTaken
from services.contracts.sql import contracts
from shared import audit, idempotency, outbox
from shared.audit import Actor
from shared.events import ContractRegistered
from shared.idempotency import Once
from shared.ids import ContractId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RegisterContract:
    portal: Portal
    actor: Actor
    details: Details


async def register_contract(deps: Deps, command: RegisterContract, once: Once[Contract] | None = None) -> Contract:
    """Raises DetailsNotAcceptable, NumberTaken."""
    portal = command.portal.name
    contract = Contract(ContractId(new_id()), portal, acceptable(command.details))
    async with deps.db.transaction() as tx:
        if not await contracts.insert_contract(tx, contract):
            raise NumberTaken
        registered = ContractRegistered(contract_id=contract.id, portal=portal, registered_at=tx.now, by="operator")
        await outbox.insert(tx, registered)
        await audit.insert_entry(tx, command.actor, "contract_registered", portal, contract_id=contract.id)
        await idempotency.keep_result(tx, once, contract)
    deps.doorbell.ring()
    return contract
