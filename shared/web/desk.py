"""Who may call the desk's API: OAuth clients and staff, by the scopes and portals of their token."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import SecretStr

from shared.access_tokens import DESK, EVERY_PORTAL, Caller, verify_token
from shared.audit import Actor
from shared.keys import KeyFile
from shared.portals import Portal, Portals
from shared.web.callers import caller_of, keep_caller, shown_token
from shared.web.cross_site import refuse_cross_site
from shared.web.errors import PortalNotGranted, ScopeMissing
from shared.web.routes import DeskHostRoute
from shared.web.visits import visit_of

VerifyDesk = Callable[[SecretStr], Awaitable[Caller]]  # of a token for the desk; raises TokenNotAccepted


def verified_by(keys: KeyFile) -> VerifyDesk:
    """For services that know auth's public keys and nothing else: a client's revocation tells when its tokens end."""

    async def verify(token: SecretStr) -> Caller:
        return verify_token(keys, token.get_secret_value(), audience=DESK)

    return verify


def needs(scope: str) -> dict[str, Any]:
    """For `openapi_extra`: what the description says about a route's scope is what the route demands."""
    return {"security": [{"client": [scope]}, {"access": []}]}


class DeskRoute(DeskHostRoute):
    """401 before the body, the portal or the account is looked at; then 403; then the rest.

    One whose address names no portal shows and does only what belongs to the caller's: `SeenPortals`, `ListedPortals`.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        ((self.scope,),) = (self.openapi_extra or {})["security"][0].values()  # a route without one is not started

    async def admit(self, request: Request) -> str:
        return await let_in(request, self.scope)


async def let_in(request: Request, scope: str) -> str:
    """Who it is, as far as repeats must be told apart: a machine, or staff by the cookie of their browser.

    Raises TokenNotAccepted, CrossSiteRequest, ScopeMissing, PortalNotGranted.
    """
    verify: VerifyDesk = request.app.state.verify_desk
    caller = await verify(shown_token(request))
    refuse_cross_site(request)
    if caller.kind == "client":
        request.app.state.gate.give_back(visit_of(request))
    keep_caller(request, caller)
    if scope not in caller.scopes:
        raise ScopeMissing
    portal = request.path_params.get("portal")
    if portal is not None and not caller.may_on(portal):
        raise PortalNotGranted
    return f"{caller.kind} {caller.id}"


async def current_caller(request: Request) -> Caller:
    return caller_of(request)


async def current_actor(request: Request) -> Actor:
    """Whom the audit names."""
    caller = caller_of(request)
    return Actor(caller.kind, caller.id, str(visit_of(request).client), caller.name)


async def named_portal(request: Request, portal: str) -> Portal:
    """The portal that the address names. Raises UnknownPortal."""
    portals: Portals = request.app.state.portals
    return portals.by_name(portal)


async def seen_portals(request: Request) -> Sequence[str] | None:
    """What the caller may see, where the address names no portal; None: every one there is or was."""
    caller = caller_of(request)
    return None if EVERY_PORTAL in caller.portals else sorted(caller.portals)


async def listed_portals(
    request: Request, portal: Annotated[str | None, Query(max_length=64, description="Only this portal's.")] = None
) -> Sequence[str] | None:
    """The one that was asked for, else all the caller may see. Raises PortalNotGranted."""
    if not portal:
        return await seen_portals(request)
    caller = caller_of(request)
    if not caller.may_on(portal):
        raise PortalNotGranted
    return [portal]


async def offered_portals(request: Request) -> Sequence[Portal]:
    """Of the portals there are, those the caller may see, for a choice on a page."""
    portals: Portals = request.app.state.portals
    return [portal for portal in portals if caller_of(request).may_on(portal.name)]


CurrentCaller = Annotated[Caller, Depends(current_caller)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
NamedPortal = Annotated[Portal, Depends(named_portal)]
SeenPortals = Annotated[Sequence[str] | None, Depends(seen_portals)]
ListedPortals = Annotated[Sequence[str] | None, Depends(listed_portals)]
OfferedPortals = Annotated[Sequence[Portal], Depends(offered_portals)]
