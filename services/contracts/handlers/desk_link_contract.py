"""The desk links a contract without a key."""

from dataclasses import dataclass

from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import AccountIsClosed, AccountNotFound
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.add_link import add_link
from services.contracts.sql import accounts, contracts
from shared import audit, idempotency
from shared.audit import Actor
from shared.idempotency import Once
from shared.ids import AccountId, ContractId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class LinkForAccount:
    portal: Portal
    actor: Actor
    contract_id: ContractId
    account_id: AccountId


async def link_for_account(deps: Deps, command: LinkForAccount, once: Once[Contract] | None = None) -> Contract:
    """A live key of the contract stays: it is another holder's. Where a portal links nothing it has no words for the
    mail about it either.

    Raises LinkingNotOffered, ContractNotFound, AccountNotFound, AccountIsClosed, ContractAlreadyLinked.
    """
    portal = command.portal
    require_linking(portal.policy)
    async with deps.db.transaction() as tx:
        contract = await contracts.lock_contract(tx, portal.name, command.contract_id)
        account = await accounts.lock_account(tx, portal.name, command.account_id)
        if account.contact is None:
            raise AccountNotFound
        if account.closed:
            raise AccountIsClosed
        await add_link(tx, deps, portal, account, contract, by="operator")
        await audit.insert_entry(
            tx, command.actor, "contract_linked", portal.name, account_id=account.id, contract_id=contract.id
        )
        await idempotency.keep_result(tx, once, contract)
    deps.doorbell.ring()
    return contract
