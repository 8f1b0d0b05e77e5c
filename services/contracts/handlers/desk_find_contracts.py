"""The desk looks for contracts."""

import unicodedata
from collections.abc import Sequence

from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import ContractNotFound
from services.contracts.sql import contracts
from services.contracts.sql.contract_search import Found, search_contracts
from shared import audit
from shared.access_tokens import DESK
from shared.audit import Actor
from shared.ids import AccountId, ContractId, PortalName
from shared.portals import Portal

MOST = 100


async def find_contracts(
    deps: Deps,
    portals: Sequence[PortalName],
    actor: Actor,
    q: str,
    *,
    holder: AccountId | None = None,
    after: ContractId | None = None,
    limit: int = 50,
) -> Found:
    """By the beginning of their number, or of words in what they are called and where they lie; all where `q` is empty.
    One holder's, or everybody's."""
    sought = unicodedata.normalize("NFC", q.strip().replace("\0", "\ufffd"))  # as numbers are kept
    most = max(1, min(limit, MOST))
    found = await search_contracts(deps.db, portals, sought, holder, after=after, limit=most)
    shown = {"shown": len(found.contracts)}
    await audit.insert_entry(deps.db, actor, "contracts_searched", _said(portals), account_id=holder, details=shown)
    return found


async def show_contract(deps: Deps, portal: Portal, actor: Actor, contract_id: ContractId) -> Contract:
    """Raises ContractNotFound."""
    contract = await contracts.find_contract(deps.db, portal.name, contract_id)
    if contract is None:
        raise ContractNotFound
    await audit.insert_entry(deps.db, actor, "contract_shown", portal.name, contract_id=contract_id)
    return contract


def _said(portals: Sequence[PortalName]) -> PortalName:
    """Where the audit puts a look at one portal, or at several."""
    return portals[0] if len(portals) == 1 else PortalName(DESK)
