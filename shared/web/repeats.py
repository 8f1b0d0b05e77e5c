"""The same POST sent twice with one `Idempotency-Key` is done once and answered twice.

Work in a transaction keeps its answer there (`shared.idempotency.Once`); what was refused is kept here.
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError

from shared.errors import DatabaseUnavailable, DomainError
from shared.idempotency import Answer, Claim, Once, claim
from shared.web.errors import IdempotencyKeyInvalid
from shared.web.problems import MEDIA_TYPE
from shared.web.visits import visit_of

HEADER = "idempotency-key"
MOST_CHARACTERS = 255
KEY = re.compile(rf"[\x21-\x7e]{{1,{MOST_CHARACTERS}}}")
PASSING = frozenset({401, 429})
_SCOPE = "guichet.claim"

R = TypeVar("R")

Handle = Callable[[Request], Awaitable[Response]]


class Answers(Protocol):
    """Where a service keeps answers for a day."""

    async def take(self, claim: Claim) -> Answer | None:
        """None: it is ours to do. Raises KeyReused, AlreadyAnswered, StillAnswering."""

    async def keep(self, claim: Claim, answer: Answer) -> None: ...

    async def give_up(self, claim: Claim) -> None: ...


def requested_claim(request: Request, body: bytes, caller: str) -> Claim | None:
    """None for a request without a key. Raises IdempotencyKeyInvalid."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise IdempotencyKeyInvalid
    visit = visit_of(request)
    portal = visit.portal.name if visit.portal else "desk"
    made = claim(portal=portal, caller=caller, route=f"{request.method} {request.url.path}", key=key, body=body)
    request.scope[_SCOPE] = made
    return made


async def answer_once(request: Request, claim: Claim, handle: Handle, *, holds_secret: bool) -> Response:
    """Raises what `Answers.take` does. A refusal is an answer too, unless it is bound to pass: nobody stays signed out,
    and trying again later is what the others advise."""
    answers: Answers = request.app.state.answers
    if (given := await answers.take(claim)) is not None:
        return _replay(given)
    try:
        response = await _answer(request, handle)
    except Exception:
        await _give_up(answers, claim)
        raise
    if response.status_code >= 500 or response.status_code in PASSING:
        await _give_up(answers, claim)
    else:
        body = None if holds_secret and response.status_code < 400 else bytes(response.body)
        await answers.keep(claim, Answer(response.status_code, body))
    return response


async def _answer(request: Request, handle: Handle) -> Response:
    try:
        return await handle(request)
    except (DomainError, RequestValidationError) as error:
        response: Response = request.app.state.refusals.answer(request, error)
        return response


async def _give_up(answers: Answers, claim: Claim) -> None:
    """Where even that fails, the claim ends by itself after a while."""
    with suppress(DatabaseUnavailable):
        await answers.give_up(claim)


def _replay(answer: Answer) -> Response:
    return Response(answer.body, answer.status, media_type=MEDIA_TYPE if answer.status >= 400 else "application/json")


async def current_claim(request: Request) -> Claim | None:
    """For a route whose handler keeps the answer itself, in the transaction that does the work."""
    found: Claim | None = request.scope.get(_SCOPE)
    return found


def once(claim: Claim | None, answer: Callable[[R], Answer]) -> Once[R] | None:
    """What a handler needs to keep the answer; None for a request without a key."""
    return Once(claim, answer) if claim else None


CurrentClaim = Annotated[Claim | None, Depends(current_claim)]
