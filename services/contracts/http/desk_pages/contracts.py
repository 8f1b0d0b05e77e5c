"""`/contracts?q=`: which contract is it about? `/contracts?account=`: those of one person, and one more for them."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.contracts.handlers.desk_find_contracts import find_contracts
from services.contracts.handlers.desk_look_into import look_into_holdings
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_pages.seen import CONTRACTS, SeenAccount, see_account
from services.contracts.sql.holdings import list_had
from shared.ids import AccountId, ContractId
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.desk_portals import GrantedPortals
from shared.web.pages import CurrentPages, see_other

router = APIRouter(route_class=AuditedDeskPage)

CANDIDATES = 20  # for one more contract of a person: whoever has typed enough of a number finds it among so many

Sought = Annotated[str, Query(max_length=320)]


@router.get(CONTRACTS, openapi_extra=needs("contracts:read"))
async def contracts_page(
    request: Request,
    portals: GrantedPortals,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
    account: AccountId | None = None,
    q: Sought = "",
    after: ContractId | None = None,
) -> Response:
    """None is listed to whoever looks for none; one that is found alone is opened at once."""
    if account is not None:
        return await _of_account(request, deps, actor, pages, await see_account(request, deps, account), q, after)
    sought = q.strip()
    found = None
    if sought:
        found = await find_contracts(deps, [portal.name for portal in portals], actor, sought, after=after)
        if len(found.contracts) == 1 and after is None:
            return see_other(f"{CONTRACTS}/{found.contracts[0].id}")
    return pages.show(
        request,
        "desk/contracts.html",
        q=sought,
        found=found,
        titles={portal.name: portal.title for portal in portals},
        linking=any(portal.policy.linking for portal in portals),
        query=urlencode({"q": sought}),
        following=found and found.after and urlencode({"q": sought, "after": found.after}),
    )


async def _of_account(
    request: Request,
    deps: CurrentDeps,
    actor: CurrentActor,
    pages: CurrentPages,
    seen: SeenAccount,
    q: str,
    after: ContractId | None,
) -> Response:
    """`q`: what is looked for to be linked. `?done=`: what was just done here, to be said once it is."""
    shown = await look_into_holdings(deps, actor, seen.account, after)
    sought, found, had = q.strip(), None, frozenset[ContractId]()
    if sought:
        found = await find_contracts(deps, [seen.portal.name], actor, sought, limit=CANDIDATES)
        had = await list_had(deps.db, seen.account.id, [contract.id for contract in found.contracts])
    return pages.show(
        request,
        "desk/holdings.html",
        seen=seen,
        shown=shown,
        q=sought,
        found=found,
        had=had,
        following=shown.after and urlencode({"account": seen.account.id, "after": shown.after}),
        done=request.query_params.get("done"),
    )
