"""Contracts come to the holders the operator's file names: mails nobody, and yields to what a person waits for."""

from collections.abc import Sequence

from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract
from services.contracts.handlers.activate import active_contract
from services.contracts.sql import accounts, holders
from shared import outbox
from shared.db import Transaction
from shared.events import ContractLinked, Event
from shared.ids import AccountId


async def link_holders(tx: Transaction, pairs: Sequence[tuple[Account, Contract]]) -> None:
    """Under the locks of all. Who has the contract already is wanted no more, and nothing is said of it.

    Each account's first contract is the one it looks at. Nobody is told, so nothing is sealed and nothing may be late.
    """
    if not pairs:
        return
    fresh = await holders.insert_links(tx, [(account.id, contract.id) for account, contract in pairs], tx.now)
    await holders.clear_wanted(tx, [contract.id for _, contract in pairs])

    looking: dict[AccountId, Account] = {}
    events: list[Event] = []
    for account, contract in pairs:
        if (account.id, contract.id) not in fresh:
            continue
        events.append(_linked(tx, account, contract))
        if account.active is None and account.id not in looking:
            looking[account.id] = account.looking_at(contract.id, tx.now)
            events.append(active_contract(looking[account.id], contract))
    await accounts.save_active(tx, list(looking.values()))
    await outbox.insert_all(tx, events, lane=outbox.Lane.BULK)


def _linked(tx: Transaction, account: Account, contract: Contract) -> ContractLinked:
    return ContractLinked(
        contract_id=contract.id,
        portal=contract.portal,
        account_id=account.id,
        linked_at=tx.now,
        by="import",
        deliver_until=tx.now,
        sealed=None,
    )
