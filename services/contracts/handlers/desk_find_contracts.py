"""The desk looks for contracts."""

import unicodedata

from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import ContractNotFound
from services.contracts.sql import contracts
from services.contracts.sql.contracts import Found
from shared import audit
from shared.audit import Actor
from shared.ids import AccountId, ContractId
from shared.portals import Portal

MOST = 100


async def find_contracts(
    deps: Deps,
    portal: Portal,
    actor: Actor,
    q: str,
    *,
    holder: AccountId | None = None,
    after: ContractId | None = None,
    limit: int = 50,
) -> Found:
    """By the beginning of their number, all where `q` is empty; one holder's, or everybody's."""
    beginning = unicodedata.normalize("NFC", q.strip().replace("\0", "\ufffd"))  # as numbers are kept
    found = await contracts.list_contracts(
        deps.db, portal.name, beginning, holder, after=after, limit=max(1, min(limit, MOST))
    )
    shown = {"shown": len(found.contracts)}
    await audit.insert_entry(deps.db, actor, "contracts_searched", portal.name, account_id=holder, details=shown)
    return found


async def show_contract(deps: Deps, portal: Portal, actor: Actor, contract_id: ContractId) -> Contract:
    """Raises ContractNotFound."""
    contract = await contracts.find_contract(deps.db, portal.name, contract_id)
    if contract is None:
        raise ContractNotFound
    await audit.insert_entry(deps.db, actor, "contract_shown", portal.name, contract_id=contract_id)
    return contract
