"""What each account looks at, as contracts tells it."""

from collections.abc import Collection, Mapping

from services.auth.domain.active_contracts import ActiveContract
from shared.db import Transaction
from shared.ids import AccountId, ContractId

LIST = "select account_id, contract_id, label, version from active_contracts where account_id = any($1::uuid[])"

SAVE = """
    insert into active_contracts (account_id, contract_id, label, version)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[])
        on conflict (account_id) do update
       set contract_id = excluded.contract_id, label = excluded.label, version = excluded.version
"""


async def list_active_contracts(
    tx: Transaction, account_ids: Collection[AccountId]
) -> Mapping[AccountId, ActiveContract]:
    """Of all of them: of whom we have not heard before, that they have none."""
    known = {account_id: ActiveContract(account_id) for account_id in account_ids}
    for row in await tx.fetch(LIST, list(account_ids)):
        account_id, contract_id = AccountId(row["account_id"]), row["contract_id"]
        active = None if contract_id is None else ContractId(contract_id)
        known[account_id] = ActiveContract(account_id, active, row["label"], row["version"])
    return known


async def save_active_contracts(tx: Transaction, contracts: Collection[ActiveContract]) -> None:
    """In one statement."""
    rows = [(one.account_id, one.contract_id, one.label, one.version) for one in contracts]
    await tx.execute(SAVE, *(list(column) for column in zip(*rows, strict=True)))
