"""`/contracts/{id}/links/{account}`: a contract for somebody without a key, and off their account again (S0.11)."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.contracts.domain.errors import AccountIsClosed, AccountNotFound, ContractAlreadyLinked, LinkNotFound
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.desk_dissociate import Dissociate, dissociate
from services.contracts.handlers.desk_link_contract import LinkForAccount, link_for_account
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_pages.seen import CONTRACT, NamedAccount, NamedContract, SeenAccount, SeenContract
from services.contracts.sql.holdings import list_had
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, see_other

router = APIRouter(route_class=AuditedDeskPage)

LINK = CONTRACT + "/links/{account_id}"
DISSOCIATE = LINK + "/dissociate"
WRITING = needs("contracts:write")

Pair = tuple[SeenContract, SeenAccount]


async def seen_pair(seen: NamedContract, account: NamedAccount) -> Pair:
    """Raises AccountNotFound where they are of two portals."""
    if seen.portal.name != account.portal.name:
        raise AccountNotFound
    return seen, account


NamedPair = Annotated[Pair, Depends(seen_pair)]


@router.get(LINK, openapi_extra=WRITING)
async def link_page(request: Request, pair: NamedPair, deps: CurrentDeps, pages: CurrentPages) -> Response:
    """Says who is told; whoever has the contract is shown that they have it."""
    seen, person = pair
    require_linking(seen.portal.policy)
    if person.account.closed:
        raise AccountIsClosed
    if await list_had(deps.db, person.account.id, [seen.contract.id]):
        return see_other(person.path)
    return pages.show(request, "desk/link.html", seen=seen, whom=person)


@router.post(LINK, openapi_extra=WRITING)
async def link_form(pair: NamedPair, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps) -> Response:
    """Pressed twice, it has come to what was wanted."""
    seen, person = pair
    with suppress(ContractAlreadyLinked):
        await link_for_account(deps, LinkForAccount(seen.portal, actor, seen.contract.id, person.account.id))
    return see_other(f"{person.path}&done=linked")


@router.get(DISSOCIATE, openapi_extra=WRITING)
async def dissociate_page(request: Request, pair: NamedPair, deps: CurrentDeps, pages: CurrentPages) -> Response:
    """Says who is told, and what becomes of the rest."""
    seen, person = pair
    if not await list_had(deps.db, person.account.id, [seen.contract.id]):
        raise LinkNotFound
    return pages.show(request, "desk/dissociate.html", seen=seen, whom=person)


@router.post(DISSOCIATE, openapi_extra=WRITING)
async def dissociate_form(pair: NamedPair, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps) -> Response:
    """Likewise."""
    seen, person = pair
    with suppress(LinkNotFound):
        await dissociate(deps, Dissociate(seen.portal, actor, seen.contract.id, person.account.id))
    return see_other(f"{person.path}&done=dissociated")
