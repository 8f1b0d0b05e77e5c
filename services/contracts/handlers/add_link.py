"""The one place where somebody comes to a contract while others watch: by a key, or at the desk."""

from typing import Literal

from services.contracts.deps import Deps
from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import ContractAlreadyLinked
from services.contracts.handlers.activate import active_contract
from services.contracts.handlers.seal_contract import seal_contract
from services.contracts.sql import accounts, links
from shared import faults, outbox
from shared.db import Transaction
from shared.events import ContractLinked, Event
from shared.ids import new_id
from shared.portals import Portal


async def add_link(
    tx: Transaction, deps: Deps, portal: Portal, account: Account, contract: Contract, by: Literal["key", "operator"]
) -> None:
    """Under the locks of both. Their first contract is the one they look at. Raises ContractAlreadyLinked."""
    if not await links.insert_link(tx, account.id, contract.id, tx.now, by):
        raise ContractAlreadyLinked
    event_id, deliver_until = new_id(), tx.now + portal.policy.tell_within
    linked = ContractLinked(
        contract_id=contract.id,
        portal=portal.name,
        account_id=account.id,
        linked_at=tx.now,
        by=by,
        deliver_until=deliver_until,
        sealed=seal_contract(deps, contract, account.id, event_id=event_id, deliver_until=deliver_until),
    )
    events: list[Event] = [linked]
    if account.active is None:
        looking = account.looking_at(contract.id, tx.now)
        await accounts.save_active(tx, [looking])
        events.append(active_contract(looking, contract))
    faults.passing("contracts.before_outbox")
    await outbox.insert_all(tx, events, event_ids=[event_id, *(new_id() for _ in events[1:])])
    faults.passing("contracts.after_outbox")
