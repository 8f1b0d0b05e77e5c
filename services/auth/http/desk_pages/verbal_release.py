"""`/accounts/{id}/verbal-release`: a password to be said on the telephone, once the person is known to be who they say
(S2.7, B3)."""

from collections.abc import Collection, Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.domain.errors import AccountIsClosed, ChecksIncomplete
from services.auth.domain.offered import require_verbal_release
from services.auth.handlers.desk_release_verbally import ReleaseVerbally, release_verbally
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.account import show_met
from services.auth.http.desk_pages.met import ACCOUNT, Met, MetPerson
from services.auth.http.desk_pages.spelled import spell
from services.auth.http.statuses import STATUSES
from shared.limits import TooManyRequests
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.forms import CurrentForm
from shared.web.pages import CurrentPages, Pages
from shared.web.visits import visit_of

router = APIRouter(route_class=DeskPage)

RELEASE = ACCOUNT + "/verbal-release"
WRITING = needs("accounts:write")
CHECK = "check-"  # before a check's name: the name of its box


@router.get(RELEASE, openapi_extra=WRITING)
async def verbal_release_page(request: Request, met: MetPerson, pages: CurrentPages) -> Response:
    return _show_checks(request, pages, met)


@router.post(RELEASE, openapi_extra=WRITING)
async def verbal_release_form(
    request: Request, met: MetPerson, form: CurrentForm, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    """The password is in the answer itself: a page that can be asked for again would show it again."""
    made = [name.removeprefix(CHECK) for name in form]
    try:
        released = await release_verbally(deps, ReleaseVerbally(met.portal, actor, met.account.id, made))
    except ChecksIncomplete as refusal:
        return _show_checks(request, pages, met, made=made, missing=refusal.missing)
    except (AccountIsClosed, TooManyRequests) as refusal:
        return await show_met(request, pages, deps, actor, met, refusal=refusal)
    return pages.show(
        request,
        "desk/released.html",
        met=met,
        spelled=spell(released.password.get_secret_value()),
        until=released.use_until,
    )


def _show_checks(
    request: Request, pages: Pages, met: Met, *, made: Collection[str] = (), missing: Collection[str] = ()
) -> Response:
    """Raises VerbalReleaseNotOffered."""
    return pages.show(
        request,
        "desk/verbal_release.html",
        status=STATUSES[ChecksIncomplete] if missing else 200,
        met=met,
        checks=_checks(request, met),
        box=CHECK,
        made=made,
        missing=missing,
    )


def _checks(request: Request, met: Met) -> Mapping[str, str]:
    """What the portal calls its checks, by their names. Raises VerbalReleaseNotOffered."""
    names = require_verbal_release(met.portal.policy).checks
    spoken = met.portal.language(visit_of(request).language)
    return {name: met.portal.texts.text(f"verbal_release.checks.{name}", spoken) for name in names}
