"""Who calls: a customer by the access token auth gave them, judged before anything else of a request."""

from typing import Annotated

from fastapi import Depends, Request

from services.contracts.deps import Deps
from services.contracts.domain.customers import Customer
from services.contracts.handlers.recognise_customer import recognise_customer
from shared.web.callers import shown_token
from shared.web.cross_site import refuse_cross_site
from shared.web.routes import Handle, PageRoute, PortalRoute
from shared.web.signing_in import by_way_of_sign_in
from shared.web.visits import current_client, current_portal, enter, visit_of

_SCOPE = "guichet.customer"


async def current_deps(request: Request) -> Deps:
    deps: Deps = request.app.state.deps
    return deps


async def current_customer(request: Request) -> Customer:
    customer: Customer = request.scope[_SCOPE]
    return customer


CurrentDeps = Annotated[Deps, Depends(current_deps)]
CurrentCustomer = Annotated[Customer, Depends(current_customer)]


class CustomerRoute(PortalRoute):
    """401 before the body, where the request came from, or what exists is looked at."""

    async def admit(self, request: Request) -> str:
        return await _admit(request)


class CustomerPage(PageRoute):
    """Whoever has no token that counts goes by the sign-in page."""

    async def admit(self, request: Request) -> str:
        return await _admit(request)

    def get_route_handler(self) -> Handle:
        return by_way_of_sign_in(super().get_route_handler())


async def _admit(request: Request) -> str:
    """Raises TokenNotAccepted, then CrossSiteRequest."""
    customer = await recognise_customer(
        await current_deps(request), await current_portal(request), shown_token(request), await current_client(request)
    )
    enter(request.scope, visit_of(request).speaking(customer.language))
    refuse_cross_site(request)
    request.scope[_SCOPE] = customer
    return f"customer {customer.account_id}"
