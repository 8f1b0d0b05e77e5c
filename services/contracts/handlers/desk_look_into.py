"""What the desk sees of a contract, of somebody's contracts, and of the requests for keys."""

from collections.abc import Sequence
from typing import NamedTuple

from services.contracts.deps import Deps
from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract
from services.contracts.sql.holdings import Holder, Holding, list_holders, list_holdings
from services.contracts.sql.key_overview import KeyOverview, list_keys_for
from services.contracts.sql.key_requests import Place, RequestOverview, list_requests, list_requests_for
from shared import audit
from shared.access_tokens import DESK
from shared.audit import Actor
from shared.ids import ContractId, PortalName

MOST = 100  # of holders, keys and requests of one contract; the older ones are the audit's
PAGE = 50


class Insight(NamedTuple):
    """Holders the longest first, keys and requests the newest first."""

    holders: Sequence[Holder]
    keys: Sequence[KeyOverview]
    requests: Sequence[RequestOverview]


class Holdings(NamedTuple):
    """A page of somebody's contracts; `after`: where the next one begins, None at the end."""

    holdings: Sequence[Holding]
    after: ContractId | None


class Requests(NamedTuple):
    """A page of requests, likewise."""

    requests: Sequence[RequestOverview]
    after: Place | None


async def look_into_contract(deps: Deps, actor: Actor, contract: Contract) -> Insight:
    await audit.insert_entry(deps.db, actor, "contract_shown", contract.portal, contract_id=contract.id)
    return Insight(
        await list_holders(deps.db, contract.id, limit=MOST),
        await list_keys_for(deps.db, contract.id, limit=MOST),
        await list_requests_for(deps.db, contract.id, limit=MOST),
    )


async def look_into_holdings(deps: Deps, actor: Actor, account: Account, after: ContractId | None) -> Holdings:
    more = await list_holdings(deps.db, account.id, after=after, limit=PAGE + 1)
    page = more[:PAGE]
    shown = {"shown": len(page)}
    await audit.insert_entry(deps.db, actor, "contracts_searched", account.portal, account_id=account.id, details=shown)
    return Holdings(page, page[-1].contract.id if len(more) > PAGE else None)


async def look_into_requests(deps: Deps, actor: Actor, portals: Sequence[PortalName], after: Place | None) -> Requests:
    more = await list_requests(deps.db, portals, after=after, limit=PAGE + 1)
    page = more[:PAGE]
    shown = {"shown": len(page)}
    portal = portals[0] if len(portals) == 1 else PortalName(DESK)
    await audit.insert_entry(deps.db, actor, "key_requests_listed", portal, details=shown)
    return Requests(page, page[-1].place if len(more) > PAGE else None)
