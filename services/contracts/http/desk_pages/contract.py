"""`/contracts/{id}`: a contract, in one look: who has it, its keys, and who asked for them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contracts.handlers.desk_look_into import MOST, look_into_contract
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_pages.seen import CONTRACT, NamedContract, SeenContract
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.pages import CurrentPages, see_other
from shared.web.visits import visit_of

router = APIRouter(route_class=AuditedDeskPage)


@router.get(CONTRACT, openapi_extra=needs("contracts:read"))
async def contract_page(
    request: Request, seen: NamedContract, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    """`?done=`: what was just done here, to be said once it is."""
    done = f"desk.contract.done.{request.query_params.get('done')}"
    return pages.show(
        request,
        "desk/contract.html",
        seen=seen,
        shown=await look_into_contract(deps, actor, seen.contract),
        most=MOST,
        done=done if done in visit_of(request).words else None,
    )


def back_to(seen: SeenContract, done: str) -> Response:
    """To the contract's page, which says what was done: it can be reloaded without doing it again."""
    return see_other(f"{seen.path()}?done={done}")
