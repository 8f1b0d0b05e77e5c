"""Pages of the desk whose address names no portal: they are about all whose customers the caller may see."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request

from shared.portals import Portal, Portals
from shared.portals.registry import UnknownPortal
from shared.web.callers import caller_of


async def granted_portals(request: Request) -> Sequence[Portal]:
    """Those whose customers the caller may see."""
    portals: Portals = request.app.state.portals
    caller = caller_of(request)
    return [portal for portal in portals if caller.may_on(portal.name)]


GrantedPortals = Annotated[Sequence[Portal], Depends(granted_portals)]


def choose_portal(offered: Sequence[Portal], name: str) -> Portal | None:
    """None: it is still to be chosen. Raises UnknownPortal, for one that is not offered too."""
    if not name:
        return offered[0] if len(offered) == 1 else None
    for portal in offered:
        if portal.name == name:
            return portal
    raise UnknownPortal
