"""`/contracts/{id}/key-request`: somebody has written for a key (S0.8). Noted are the two checks, and nothing else."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contracts.domain.errors import ChecksIncomplete
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.desk_request_key import KeyRequest, request_key
from services.contracts.http.current import CurrentDeps
from services.contracts.http.desk_pages.seen import CONTRACT, NamedContract, SeenContract
from services.contracts.http.statuses import STATUSES
from shared.web.desk import CurrentActor, needs
from shared.web.desk_audit import AuditedDeskPage
from shared.web.errors import FieldFault
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, Pages, see_other

router = APIRouter(route_class=AuditedDeskPage)

KEY_REQUEST = CONTRACT + "/key-request"
WRITING = needs("contracts:write")
CHECKS = ("identity_checked", "address_checked")


@router.get(KEY_REQUEST, openapi_extra=WRITING)
async def key_request_page(request: Request, seen: NamedContract, pages: CurrentPages) -> Response:
    require_linking(seen.portal.policy)
    return _show(request, pages, seen, {})


@router.post(KEY_REQUEST, openapi_extra=WRITING)
async def key_request_form(
    request: Request,
    seen: NamedContract,
    form: CurrentForm,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """Goes on to the key. A box that is not ticked is not sent."""
    require_linking(seen.portal.policy)
    identity, address = (check in form for check in CHECKS)
    command = KeyRequest(seen.portal, actor, seen.contract.id, identity_checked=identity, address_checked=address)
    try:
        request_id = await request_key(deps, command)
    except ChecksIncomplete as error:
        faults = [FieldFault(missing, error.code, str(error)) for missing in error.missing]
        return _show(request, pages, seen, form, faults=faults)
    return see_other(f"{seen.path('key')}?request={request_id}&noted")


def _show(
    request: Request,
    pages: Pages,
    seen: SeenContract,
    ticked: Mapping[str, str],
    *,
    faults: Sequence[FieldFault] = (),
) -> Response:
    status = STATUSES[ChecksIncomplete] if faults else 200
    return pages.show(
        request, "desk/key_request.html", status=status, seen=seen, checks=CHECKS, ticked=ticked, faults=faults
    )
