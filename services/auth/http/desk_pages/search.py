"""`/accounts`: who is on the telephone? One that is found alone is opened at once."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.auth.domain.names import forgiven
from services.auth.handlers.desk_find_accounts import find_people
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.met import ACCOUNTS
from shared.ids import AccountId
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.desk_portals import GrantedPortals
from shared.web.pages import CurrentPages, see_other

router = APIRouter(route_class=DeskPage)

Sought = Annotated[str, Query(max_length=320)]


@router.get(ACCOUNTS, openapi_extra=needs("accounts:read"))
async def accounts_page(
    request: Request,
    portals: GrantedPortals,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
    q: Sought = "",
    after: AccountId | None = None,
) -> Response:
    """Nobody is listed to whoever looks for nobody."""
    sought = forgiven(q)
    found = await find_people(deps, portals, actor, sought, after=after) if sought else None
    if found and len(found.accounts) == 1 and after is None:
        return see_other(f"{ACCOUNTS}/{found.accounts[0].id}")
    return pages.show(
        request,
        "desk/accounts.html",
        q=sought,
        found=found,
        titles={portal.name: portal.title for portal in portals},
        linking=any(portal.policy.linking for portal in portals),
        query=urlencode({"q": sought}),
        following=found and found.after and urlencode({"q": sought, "after": found.after}),
    )
