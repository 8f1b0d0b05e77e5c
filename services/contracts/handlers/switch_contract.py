"""A customer looks at another of their contracts: « changer de contrat » (S0.9)."""

from dataclasses import dataclass

from services.contracts.deps import Deps
from services.contracts.domain.contracts import LinkedContract
from services.contracts.domain.errors import ContractNotFound
from services.contracts.handlers.activate import activate
from services.contracts.sql import accounts, links
from shared import audit, idempotency
from shared.clients import ClientAddress
from shared.idempotency import Once
from shared.ids import AccountId, ContractId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class SwitchContract:
    portal: Portal
    account_id: AccountId
    contract_id: ContractId
    client: ClientAddress


async def switch_contract(
    deps: Deps, command: SwitchContract, once: Once[LinkedContract] | None = None
) -> LinkedContract:
    """Somebody else's contract is not told from one that does not exist. Raises ContractNotFound, AccountNotFound."""
    portal, who = command.portal.name, audit.customer(command.account_id, command.client)
    try:
        async with deps.db.transaction() as tx:
            account = await accounts.lock_customer(tx, portal, command.account_id)
            contract = await links.find_linked(tx, account.id, command.contract_id)
            if contract is None:
                raise ContractNotFound
            await activate(tx, account, contract)
            await audit.insert_entry(
                tx, who, "contract_switched", portal, account_id=account.id, contract_id=contract.id
            )
            linked = contract.linked(active=True)
            await idempotency.keep_result(tx, once, linked)
    except ContractNotFound:
        await audit.insert_entry(
            deps.db, who, "switch_refused", portal, account_id=command.account_id, contract_id=command.contract_id
        )
        raise
    deps.doorbell.ring()
    return linked
