"""Routes: who may come in is decided first, then the body is read, strictly; then FastAPI has its turn."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from shared.web.bodies import parse_json, read_body
from shared.web.callers import presumed_caller
from shared.web.cross_site import refuse_cross_site
from shared.web.repeats import answer_once, requested_claim
from shared.web.visits import find_visit

Handle = Callable[[Request], Coroutine[Any, Any, Response]]
Repeats = Literal["answered", "told", "ignored"]  # the same answer again; 409 (it held a secret); done again


def repeats(how: Repeats) -> dict[str, Any]:
    """What a POST makes of `Idempotency-Key`, for `openapi_extra`; without it: the same answer again."""
    return {"x-idempotency-key": how}


class ParsedRequest(Request):
    """A request whose JSON was read and judged before."""

    def __init__(self, request: Request, body: bytes) -> None:
        super().__init__(request.scope, request.receive)
        self._read = body
        self._value = parse_json(body)

    async def body(self) -> bytes:
        return self._read

    async def json(self) -> Any:
        return self._value


class StrictRoute(APIRoute):
    """`admit` is asked before a byte of the body is read: a stranger learns nothing from how a body is judged."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """An operation is called in the API's description what its function is called here."""
        super().__init__(path, endpoint, **{**options, "generate_unique_id_function": lambda route: route.name})

    async def admit(self, request: Request) -> str:
        """Who is asking, as far as repeats must be told apart. Raises a DomainError for whoever may not come in."""
        raise NotImplementedError

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()
        takes_json = self.body_field is not None
        how: Repeats = (self.openapi_extra or {}).get("x-idempotency-key", "answered")
        repeatable = "POST" in (self.methods or ()) and how != "ignored"

        async def strictly(request: Request) -> Response:
            caller = await self.admit(request)
            body = b""
            if takes_json:
                body = await read_body(request, "application/json")
                request = ParsedRequest(request, body)
            if repeatable and (claim := requested_claim(request, body, caller)):
                return await answer_once(request, claim, handle, holds_secret=how == "told")
            return await handle(request)

        return strictly


class PortalRoute(StrictRoute):
    """Found on the portals' hosts only; other sites cannot make a person's browser use it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        visit = find_visit(scope)
        return super().matches(scope) if visit and visit.portal else (Match.NONE, {})

    async def admit(self, request: Request) -> str:
        refuse_cross_site(request)
        return presumed_caller(request)


def as_page(options: dict[str, Any]) -> dict[str, Any]:
    """A route's options: HEAD works where GET does (RFC 9110, 9.1), and no page is part of the API's description.

    Pages know no `Idempotency-Key`: no browser sends one, and what a page shows once must not be kept.
    """
    methods = set(options.pop("methods", None) or ["GET"])
    if "GET" in methods:
        methods.add("HEAD")
    described = {**(options.pop("openapi_extra", None) or {}), **repeats("ignored")}
    return {
        **options,
        "methods": methods,
        "include_in_schema": False,
        "response_model": None,
        "openapi_extra": described,
    }


class PageRoute(PortalRoute):
    """A page of a portal."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **as_page(options))


class DeskHostRoute(StrictRoute):
    """Found on the desk's host only; who calls there, `admit` of a service's own route says."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        visit = find_visit(scope)
        return super().matches(scope) if visit and visit.portal is None else (Match.NONE, {})
