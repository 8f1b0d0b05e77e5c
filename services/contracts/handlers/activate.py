"""Which contract an account looks at, on every device (S0.10): said to others whenever it changes."""

from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract
from services.contracts.sql import accounts
from shared import outbox
from shared.db import Transaction
from shared.events import ActiveContractChanged


async def activate(tx: Transaction, account: Account, contract: Contract | None) -> None:
    """Under the account's lock; nothing where it looks at that one already. None: it has no contract any more."""
    if account.active == (contract and contract.id):
        return
    if contract is None:
        # What is told next, by whoever has waited for this lock since before, must not be older than the tombstone.
        told_at = await outbox.insert_tombstone(tx, ActiveContractChanged, account.id, account.portal)
        await accounts.save_active(tx, [account.looking_at(None, told_at)])
    else:
        looking = account.looking_at(contract.id, tx.now)
        await accounts.save_active(tx, [looking])
        await outbox.insert(tx, active_contract(looking, contract))


def active_contract(account: Account, contract: Contract) -> ActiveContractChanged:
    return ActiveContractChanged(
        account_id=account.id,
        portal=account.portal,
        contract_id=contract.id,
        label=contract.title,
        version=account.active_version,
    )
