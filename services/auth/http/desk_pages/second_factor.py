"""Setting up a second factor: a picture to be scanned, its first code, and the codes for a lost telephone."""

import io
from collections.abc import Sequence
from typing import Annotated

import segno
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from services.auth.domain.errors import NotSignedIn, SecondFactorWrong
from services.auth.domain.second_factor import enrolment_uri
from services.auth.handlers.set_up_second_factor import confirm_second_factor, offer_second_factor
from services.auth.http.current import CurrentDeps, SessionCookie
from services.auth.http.desk_pages.sign_in import HOME, SET_UP
from services.auth.http.desk_sessions import keep_staff
from services.auth.http.statuses import STATUSES
from shared.web.desk_pages import OpenDeskPage
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.forms import CurrentForm
from shared.web.models import Body, validated
from shared.web.pages import CurrentPages, Pages, see_other
from shared.web.routes import Handle
from shared.web.signing_in import SIGN_IN
from shared.web.visits import CurrentClient


class SetUpRoute(OpenDeskPage):
    """For whoever came in by a colleague's code; all others sign in first."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def signing_in_first(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn:
                return see_other(SIGN_IN)

        return signing_in_first


router = APIRouter(route_class=SetUpRoute)


class FirstCode(Body):
    code: Annotated[str, Field(min_length=1, max_length=64)]


@router.get(SET_UP)
async def second_factor_page(
    request: Request, session: SessionCookie, deps: CurrentDeps, pages: CurrentPages
) -> Response:
    _, seed = await offer_second_factor(deps, session)
    return _show(request, pages, seed.get_secret_value())


@router.get(SET_UP + "/picture.svg")
async def second_factor_picture(request: Request, session: SessionCookie, deps: CurrentDeps) -> Response:
    login, seed = await offer_second_factor(deps, session)
    picture = io.BytesIO()
    code = segno.make(enrolment_uri(seed, login, f"Guichet ({request.headers['host']})"), micro=False)
    code.save(picture, kind="svg", scale=5, border=4, light="white")
    return Response(picture.getvalue(), media_type="image/svg+xml")


@router.post(SET_UP)
async def set_up_form(
    request: Request,
    form: CurrentForm,
    session: SessionCookie,
    client: CurrentClient,
    deps: CurrentDeps,
    pages: CurrentPages,
) -> Response:
    """The recovery codes are in the answer itself: a page that can be asked for again would show them again."""
    try:
        given = validated(FirstCode, form)
        done = await confirm_second_factor(deps, session, given.code, client)
    except (FieldsInvalid, SecondFactorWrong) as error:
        _, seed = await offer_second_factor(deps, session)
        wrong = isinstance(error, SecondFactorWrong)
        faults = (FieldFault("code", error.code, str(error)),) if wrong else error.faults  # type: ignore[union-attr]
        return _show(request, pages, seed.get_secret_value(), status=STATUSES[SecondFactorWrong], faults=faults)
    codes = [code.get_secret_value() for code in done.recovery_codes]
    response = pages.show(request, "desk/recovery_codes.html", codes=codes, home=HOME)
    keep_staff(response, done.signed_in)
    return response


def _show(
    request: Request, pages: Pages, seed: str, *, status: int = 200, faults: Sequence[FieldFault] = ()
) -> Response:
    groups = " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
    return pages.show(request, "desk/second_factor.html", status=status, seed=groups, faults=faults)
