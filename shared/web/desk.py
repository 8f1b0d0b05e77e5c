"""Who may call the desk's API: OAuth clients, by the scopes and portals of their token."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import SecretStr

from shared.access_tokens import DESK, Caller, TokenNotAccepted, verify_token
from shared.audit import Actor
from shared.keys import KeyFile
from shared.portals import Portal, Portals
from shared.web.errors import PortalNotGranted, ScopeMissing
from shared.web.routes import DeskHostRoute
from shared.web.visits import visit_of

_SCOPE = "guichet.caller"

VerifyDesk = Callable[[SecretStr], Awaitable[Caller]]  # of a token for the desk; raises TokenNotAccepted


def verified_by(keys: KeyFile) -> VerifyDesk:
    """For services that know auth's public keys and nothing else: a client's revocation tells when its tokens end."""

    async def verify(token: SecretStr) -> Caller:
        return verify_token(keys, token.get_secret_value(), audience=DESK)

    return verify


def needs(scope: str) -> dict[str, Any]:
    """For `openapi_extra`: what the description says about a route's scope is what the route demands."""
    return {"security": [{"client": [scope]}]}


class DeskRoute(DeskHostRoute):
    """401 before the body, the portal or the account is looked at; then 403; then the rest."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        ((self.scope,),) = (self.openapi_extra or {})["security"][0].values()  # a route without one is not started

    async def admit(self, request: Request) -> str:
        verify: VerifyDesk = request.app.state.verify_desk
        caller = await verify(bearer(request))
        request.app.state.gate.give_back(visit_of(request))
        request.scope[_SCOPE] = caller
        if self.scope not in caller.scopes:
            raise ScopeMissing
        if not caller.may_on(request.path_params["portal"]):
            raise PortalNotGranted
        return f"{caller.kind} {caller.id}"


def bearer(request: Request) -> SecretStr:
    """The token of `Authorization: Bearer` (RFC 6750). Raises TokenNotAccepted where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenNotAccepted
    return SecretStr(token.strip())


async def current_actor(request: Request) -> Actor:
    """Whom the audit names."""
    caller: Caller = request.scope[_SCOPE]
    return Actor(caller.kind, caller.id, str(visit_of(request).client))


async def named_portal(request: Request, portal: str) -> Portal:
    """The portal that the address names. Raises UnknownPortal."""
    portals: Portals = request.app.state.portals
    return portals.by_name(portal)


CurrentActor = Annotated[Actor, Depends(current_actor)]
NamedPortal = Annotated[Portal, Depends(named_portal)]
