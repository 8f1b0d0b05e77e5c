"""Who is asking: what they show, whom that makes them, and what can be told before anybody has judged it."""

import hashlib

from pydantic import SecretStr
from starlette.requests import Request
from starlette.types import Scope

from shared.access_tokens import Caller, TokenNotAccepted
from shared.networks import network_of
from shared.web import cookies
from shared.web.visits import visit_of

_SCOPE = "guichet.caller"


def bearer(request: Request) -> SecretStr:
    """The token of `Authorization: Bearer` (RFC 6750). Raises TokenNotAccepted where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenNotAccepted
    return SecretStr(token.strip())


def shown_token(request: Request) -> SecretStr:
    """A program's, or the one a browser keeps beside its session. Raises TokenNotAccepted where there is none."""
    if "authorization" in request.headers:
        return bearer(request)
    kept = request.cookies.get(cookies.ACCESS)
    if not kept:
        raise TokenNotAccepted
    return SecretStr(kept)


def keep_caller(request: Request, caller: Caller) -> None:
    request.scope[_SCOPE] = caller


def caller_of(request: Request) -> Caller:
    """Who was let in at the desk."""
    caller: Caller = request.scope[_SCOPE]
    return caller


def find_caller(scope: Scope) -> Caller | None:
    """None for a visitor nobody has had to let in."""
    caller: Caller | None = scope.get(_SCOPE)
    return caller


def presumed_caller(request: Request) -> str:
    """By what they show, valid or not (a digest of it: the value itself signs people in); else by their network."""
    session = request.cookies.get(cookies.SESSION, "")
    authorization = request.headers.get("authorization", "")
    if session or authorization:
        return hashlib.sha256(f"{session}\0{authorization}".encode()).hexdigest()
    return network_of(visit_of(request).client)
