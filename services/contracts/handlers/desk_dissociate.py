"""The desk takes a contract off an account: nobody else can (S0.11)."""

from dataclasses import dataclass

from services.contracts.deps import Deps
from services.contracts.domain.errors import LinkNotFound
from services.contracts.handlers.activate import activate
from services.contracts.handlers.seal_contract import seal_contract
from services.contracts.sql import accounts, contracts, links
from shared import audit, outbox
from shared.audit import Actor
from shared.events import ContractUnlinked
from shared.ids import AccountId, ContractId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class Dissociate:
    portal: Portal
    actor: Actor
    contract_id: ContractId
    account_id: AccountId


async def dissociate(deps: Deps, command: Dissociate) -> None:
    """Who looked at it looks at the contract they have had for longest. They are told of it by mail, but where the
    portal links none: there its contracts come by the file alone, and no mail speaks of them.

    Raises ContractNotFound, AccountNotFound, LinkNotFound.
    """
    portal = command.portal
    async with deps.db.transaction() as tx:
        contract = await contracts.lock_contract(tx, portal.name, command.contract_id)
        account = await accounts.lock_account(tx, portal.name, command.account_id)
        if not await links.delete_link(tx, account.id, contract.id):
            raise LinkNotFound

        event_id, deliver_until, sealed = new_id(), tx.now + portal.policy.tell_within, None
        if portal.policy.linking:
            sealed = seal_contract(deps, contract, account.id, event_id=event_id, deliver_until=deliver_until)
        unlinked = ContractUnlinked(
            contract_id=contract.id,
            portal=portal.name,
            account_id=account.id,
            unlinked_at=tx.now,
            by="operator",
            deliver_until=deliver_until,
            sealed=sealed,
        )
        await outbox.insert(tx, unlinked, event_id=event_id)
        if account.active == contract.id:
            await activate(tx, account, await links.find_oldest(tx, account.id))
        await audit.insert_entry(
            tx, command.actor, "contract_unlinked", portal.name, account_id=account.id, contract_id=contract.id
        )
    deps.doorbell.ring()
