"""`/accounts/{id}`: a person, in one look, and what can be done for them."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.deps import Deps
from services.auth.handlers.desk_show_person import show_person
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_pages.met import ACCOUNT, Met, MetPerson
from services.auth.http.desk_pages.offered import offered
from services.auth.http.statuses import STATUSES
from shared import audit
from shared.errors import DomainError
from shared.portals import Portal
from shared.web.desk import CurrentActor, needs
from shared.web.desk_pages import DeskPage
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.problems import problem_headers
from shared.web.statuses import EDGE, status_of
from shared.web.visits import visit_of
from shared.web.words import Words

router = APIRouter(route_class=DeskPage)


@router.get(ACCOUNT, openapi_extra=needs("accounts:read"))
async def account_page(
    request: Request, met: MetPerson, actor: CurrentActor, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    """`?done=`: what was just done here, to be said once it is."""
    return await show_met(request, pages, deps, actor, met, done=request.query_params.get("done"))


async def show_met(
    request: Request,
    pages: Pages,
    deps: Deps,
    actor: audit.Actor,
    met: Met,
    *,
    done: str | None = None,
    refusal: DomainError | None = None,
) -> Response:
    """The person's page. `refusal`: why what was to be done was not."""
    words = visit_of(request).words
    status = status_of(refusal, {**EDGE, **STATUSES}) if refusal else 200
    response = pages.show(
        request,
        "desk/account.html",
        status=status,
        met=met,
        shown=await show_person(deps, actor, met.account),
        offered=offered(request, met),
        services=service_names(words, met.portal, met.account.details.services),
        done=done if done and f"desk.person.done.{done}" in words else None,
        refusal=refusal,
    )
    if refusal:
        response.headers.update(problem_headers(refusal, status))
    return response


def back_to(met: Met, done: str) -> Response:
    """To the person's page, which says what was done: it can be reloaded without doing it again."""
    return see_other(f"{met.path()}?done={done}")


def service_names(words: Words, portal: Portal, services: Sequence[str]) -> dict[str, str]:
    """What the portal calls them, by their ids."""
    spoken = portal.language(words.language)
    return {service: portal.texts.text(f"services.{service}.title", spoken) for service in services}
