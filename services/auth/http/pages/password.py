"""« Changer de mot de passe »: asked for the one in force, then for another."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import CurrentPasswordWrong, PasswordNotAcceptable
from services.auth.domain.offered import require_online_change
from services.auth.domain.sessions import Session
from services.auth.handlers.change_password import ChangePassword, change_password
from services.auth.http.current import CurrentDeps, CurrentSession, SessionCookie
from services.auth.http.me import PasswordChange
from services.auth.http.pages.account import PATH as INSIDE
from services.auth.http.pages.member_route import CHOOSE_PASSWORD, MemberRoute
from services.auth.http.pages.way_back import WayBack, way_back
from services.auth.http.session_cookies import keep_session
from services.auth.http.statuses import STATUSES
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.statuses import status_of
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=MemberRoute)


class PasswordForm(PasswordChange):
    next: str = ""  # where a temporary password held somebody up


@router.get(CHOOSE_PASSWORD)
async def password_page(
    request: Request, portal: CurrentPortal, member: CurrentSession, pages: CurrentPages, wanted: WayBack = None
) -> Response:
    """Open to whoever came in by a temporary password: it is all they may do."""
    require_online_change(portal.policy)
    return _show(request, pages, member, goal=way_back(wanted))


@router.post(CHOOSE_PASSWORD)
async def password_form(
    request: Request,
    form: CurrentForm,
    portal: CurrentPortal,
    member: CurrentSession,
    session: SessionCookie,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    goal = way_back(form.get("next"))
    try:
        given = validated(PasswordForm, form)
        command = ChangePassword(portal, member.account_id, session, given.current, given.new, client)
        renewed = await change_password(deps, command)
    except FieldsInvalid as error:
        return _show(request, pages, member, goal=goal, status=422, faults=error.faults)
    except (CurrentPasswordWrong, PasswordNotAcceptable) as error:
        field = "current" if isinstance(error, CurrentPasswordWrong) else "new"
        fault = FieldFault(field, error.code, str(error))
        return _show(request, pages, member, goal=goal, status=status_of(error, STATUSES), faults=(fault,))
    response = see_other(goal or f"{INSIDE}?changed")
    if renewed:
        keep_session(response, portal, renewed.session, renewed.access)
    return response


def _show(
    request: Request,
    pages: Pages,
    member: Session,
    *,
    goal: str | None,
    status: int = 200,
    faults: Sequence[FieldFault] = (),
) -> Response:
    return pages.show(request, "password.html", status=status, person=member, goal=goal, faults=faults)
