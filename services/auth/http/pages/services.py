"""Services: « Cliquez sur un des services auxquels vous êtes abonné(e). » (S2.2)"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.auth.domain.errors import ServiceNotSubscribed
from services.auth.domain.sessions import Session
from services.auth.http.current import CurrentMember
from services.auth.http.pages.member_route import MemberRoute
from services.auth.http.statuses import STATUSES
from shared.portals import Portal
from shared.web.errors import NotFound
from shared.web.pages import CurrentPages
from shared.web.visits import CurrentPortal

router = APIRouter(route_class=MemberRoute)


async def offered_service(service: str, portal: CurrentPortal) -> str:
    """Looked at before anybody is asked to sign in. Raises NotFound."""
    if service not in portal.services:
        raise NotFound
    return service


OfferedService = Annotated[str, Depends(offered_service)]


@router.get("/services/{service}")
async def service_page(
    request: Request, service: OfferedService, portal: CurrentPortal, member: CurrentMember, pages: CurrentPages
) -> Response:
    """« Consulter ou commander » leads here, by the sign-in page; whoever is not subscribed is told whom to ask."""
    refused = None if service in member.services else ServiceNotSubscribed()
    return pages.show(
        request,
        "service.html",
        status=200 if refused is None else STATUSES[ServiceNotSubscribed],
        person=member,
        service=service,
        url=portal.service_urls.get(service),
        refused=refused,
    )


@router.get("/account/services")
async def services(request: Request, portal: CurrentPortal, member: CurrentMember, pages: CurrentPages) -> Response:
    """« Services disponibles » (S0.4): what can be done with contracts, and what the person is subscribed to."""
    if not (portal.policy.linking or portal.services):
        raise NotFound
    return pages.show(request, "services.html", person=member, subscribed=subscribed(portal, member))


def subscribed(portal: Portal, member: Session) -> tuple[str, ...]:
    """In the portal's order; what it does not offer any more is not shown."""
    return tuple(service for service in portal.services if service in member.services)
