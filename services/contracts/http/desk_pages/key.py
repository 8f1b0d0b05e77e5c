"""`/contracts/{id}/key`: a key for whoever asked for it, shown once; and its end where its letter went astray."""

import shlex
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.contracts.domain.errors import KeyNotFound
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.desk_issue_key import IssueKey, issue_key
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_pages.contract import back_to
from services.contracts.http.desk_pages.seen import CONTRACT, NamedContract, SeenContract
from services.contracts.sql.key_overview import find_key, find_live_key
from services.contracts.sql.key_requests import ensure_open_request
from shared.ids import KeyId
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=AuditedDeskPage)

KEY = CONTRACT + "/key"
REVOKE = CONTRACT + "/keys/{key_id}/revoke"
WRITING = needs("contracts:write")

AskedFor = Annotated[UUID, Query(alias="request")]


@router.get(KEY, openapi_extra=WRITING)
async def key_page(
    request: Request, seen: NamedContract, deps: CurrentDeps, pages: CurrentPages, request_id: AskedFor
) -> Response:
    """Asks once more, for it ends the key before; and says how a letter is made instead. `?noted`: the request has just
    been."""
    require_linking(seen.portal.policy)
    await ensure_open_request(deps.db, seen.contract.id, request_id)
    return pages.show(
        request,
        "desk/key.html",
        seen=seen,
        live=await find_live_key(deps.db, seen.contract.id),
        command=_letter_command(seen, request_id),
        noted="noted" in request.query_params,
    )


@router.post(KEY, openapi_extra=WRITING)
async def key_form(
    request: Request,
    seen: NamedContract,
    form: CurrentForm,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
    request_id: AskedFor,
) -> Response:
    """The key is in the answer itself: a page that can be asked for again would show it again."""
    issued = await issue_key(deps, IssueKey(seen.portal, actor, seen.contract.id, request_id))
    return pages.show(request, "desk/key_shown.html", seen=seen, issued=issued)


@router.get(REVOKE, openapi_extra=WRITING)
async def revoke_page(
    request: Request, seen: NamedContract, key_id: KeyId, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    key = await find_key(deps.db, seen.contract.id, key_id)
    if key is None:
        raise KeyNotFound
    return pages.show(request, "desk/revoke.html", seen=seen, key=key)


@router.post(REVOKE, openapi_extra=WRITING)
async def revoke_form(
    seen: NamedContract, key_id: KeyId, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps
) -> Response:
    if await find_key(deps.db, seen.contract.id, key_id) is None:
        raise KeyNotFound
    await revoke_key(deps, RevokeKey(seen.portal, actor, key_id))
    return back_to(seen, "revoked")


def _letter_command(seen: SeenContract, request_id: UUID) -> str:
    """What prints the key for the post; to be pasted as it is."""
    named = (seen.portal.name, seen.contract.details.number)
    return shlex.join(
        ("guichet", "activation-keys", "issue", *named, "--request", str(request_id), "--print", "key.pdf")
    )
