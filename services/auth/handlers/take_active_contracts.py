"""contracts tells which contract people look at: every page of theirs shows it, on every device (S0.10)."""

from collections.abc import Sequence

from services.auth.sql.active_contracts import list_active_contracts, save_active_contracts
from shared.db import Transaction
from shared.events import ActiveContractChanged
from shared.ids import AccountId
from shared.inbox import Received


async def take_active_contracts(tx: Transaction, received: Sequence[Received]) -> None:
    """In the order given; one account's messages come from one partition, so nobody else writes its row."""
    known = dict(await list_active_contracts(tx, {AccountId(one.key) for one in received}))
    for one in received:
        account_id, event = AccountId(one.key), one.event
        if isinstance(event, ActiveContractChanged):
            known[account_id] = known[account_id].told(event.contract_id, event.label, event.version)
        else:
            known[account_id] = known[account_id].told_none(one.envelope.time)
    await save_active_contracts(tx, known.values())
