"""`/staff`: who works at the desk; a supervisor gives a colleague a new second factor."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import StaffNotFound
from services.auth.domain.staff import Staff, StaffId, is_in_charge_of
from services.auth.handlers.keep_staff import reset_second_factor
from services.auth.http.current import CurrentDeps
from services.auth.sql.staff import list_staff
from shared.access_tokens import Caller
from shared.web.desk import CurrentActor, CurrentCaller, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)

PATH = "/staff"
RESET = PATH + "/{staff_id}/second-factor"
KEEPING = needs("staff:write")


@router.get(PATH, openapi_extra=KEEPING)
async def staff_page(request: Request, caller: CurrentCaller, deps: CurrentDeps, pages: CurrentPages) -> Response:
    return pages.show(request, "desk/staff.html", people=await _colleagues(deps, caller), oneself=caller.id)


@router.get(RESET, openapi_extra=KEEPING)
async def reset_page(
    request: Request, staff_id: UUID, caller: CurrentCaller, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    """Asks once more: the colleague is thrown out by it."""
    return pages.show(request, "desk/reset_factor.html", colleague=await _colleague(deps, caller, staff_id))


@router.post(RESET, openapi_extra=KEEPING)
async def reset_form(
    request: Request,
    staff_id: UUID,
    form: CurrentForm,
    caller: CurrentCaller,
    actor: CurrentActor,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """The code is in the answer itself: a page that can be asked for again would show it again."""
    colleague = await _colleague(deps, caller, staff_id)
    code = await reset_second_factor(deps.db, actor, colleague.id)
    return pages.show(request, "desk/reset_factor.html", colleague=colleague, code=code.get_secret_value())


async def _colleagues(deps: CurrentDeps, caller: Caller) -> Sequence[Staff]:
    return [person for person in await list_staff(deps.db) if is_in_charge_of(caller.portals, person)]


async def _colleague(deps: CurrentDeps, caller: Caller, staff_id: UUID) -> Staff:
    for person in await _colleagues(deps, caller):
        if person.id == StaffId(staff_id) and person.disabled_at is None:
            return person
    raise StaffNotFound
