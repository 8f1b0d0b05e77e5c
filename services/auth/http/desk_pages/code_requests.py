"""`/accounts/{id}/code-requests`: the contact person asks for the codes of new people (S2.9)."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import NotTheContactPerson, PeopleIncomplete
from services.auth.domain.new_people import NewPerson
from services.auth.domain.offered import require_code_requests
from services.auth.handlers.desk_request_codes import RequestCodes, request_codes
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import back_to, show_met
from services.auth.http.desk_pages.met import ACCOUNT, Met, MetPerson
from services.auth.http.statuses import STATUSES
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.errors import FieldFault
from shared.web.forms import MOST_FIELDS, CurrentForm
from shared.web.pages import CurrentPages, Pages

router = APIRouter(route_class=DeskPage)

CODE_REQUESTS = ACCOUNT + "/code-requests"
WRITING = needs("accounts:write")
FIRST = 3  # rows of an empty form
MOST = (MOST_FIELDS - 2) // 2  # each has two fields, and the form two of its own
ADD = "add"  # the button that asks for a row more
NOBODY = NewPerson("", "")


@router.get(CODE_REQUESTS, openapi_extra=WRITING)
async def code_requests_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    require_code_requests(met.portal.policy)
    if not met.account.details.contact_person:
        raise NotTheContactPerson  # before anything is typed
    return _show(request, pages, met, [NOBODY] * FIRST)


@router.post(CODE_REQUESTS, openapi_extra=WRITING)
async def code_requests_form(
    request: Request, met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    """Rows that are left empty are nobody. Raises CodeRequestsNotOffered."""
    rows = _rows(form)
    if ADD in form:
        return _show(request, pages, met, [*rows, NOBODY][:MOST], focused=len(rows))
    people = [row for row in rows if row != NOBODY]
    try:
        await request_codes(deps, RequestCodes(met.portal, actor, str(met.account.id), people))
    except NotTheContactPerson as refusal:
        return await show_met(request, pages, deps, actor, met, refusal=refusal)
    except PeopleIncomplete as refusal:
        return _show(request, pages, met, people or rows, refusal=refusal)
    return back_to(met, "code_requests")


def _rows(form: Mapping[str, str]) -> list[NewPerson]:
    """All that the form had, in their order."""
    count = 0
    while f"name-{count}" in form or f"email-{count}" in form:
        count += 1
    return [
        NewPerson(form.get(f"name-{place}", "").strip(), form.get(f"email-{place}", "").strip())
        for place in range(count)
    ]


def _show(
    request: Request,
    pages: Pages,
    met: Met,
    rows: Sequence[NewPerson],
    *,
    focused: int | None = None,
    refusal: PeopleIncomplete | None = None,
) -> Response:
    """`focused`: the row to go on with."""
    return pages.show(
        request,
        "desk/code_requests.html",
        status=STATUSES[PeopleIncomplete] if refusal else 200,
        met=met,
        rows=rows,
        focused=focused,
        more=len(rows) < MOST,
        faults=[_at_field(fault.field, fault.code, fault.message) for fault in refusal.faults] if refusal else [],
    )


def _at_field(pointer: str, code: str, message: str) -> FieldFault:
    """`people/2/email` is the field `email-2`; of them all, the first row's name."""
    _, _, rest = pointer.partition("/")
    place, _, field = rest.partition("/")
    return FieldFault(f"{field}-{place}" if field else "name-0", code, message)
