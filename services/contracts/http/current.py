"""Who calls: a customer by the access token auth gave them, judged before anything else of a request."""

from collections.abc import Callable, Coroutine
from http.client import OK
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from pydantic import SecretStr
from starlette.responses import Response

from services.contracts.deps import Deps
from services.contracts.domain.customers import Customer
from services.contracts.handlers.recognise_customer import recognise_customer
from shared.access_tokens import TokenNotAccepted
from shared.web import cookies
from shared.web.cross_site import refuse_cross_site
from shared.web.desk import bearer
from shared.web.pages import see_other
from shared.web.routes import PageRoute, PortalRoute
from shared.web.visits import current_client, current_portal, enter, visit_of

SIGN_IN = "/sign-in"
RENEWED = "renewed"  # in the query of an address that the sign-in page sent the browser back to
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
    """Whoever has no token that counts goes by the sign-in page, which gives those who are still signed in a new one.

    A fragment of the address goes along: a redirect that names none keeps it (RFC 9110, 10.2.2).
    """

    async def admit(self, request: Request) -> str:
        return await _admit(request)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            came_renewed = RENEWED in request.query_params
            try:
                response = await handle(request)
            except TokenNotAccepted:
                if came_renewed and cookies.ACCESS in request.cookies:
                    raise  # a new one is not accepted either: going round again would change nothing
                return see_other(f"{SIGN_IN}?{urlencode({'next': _here(request)})}")
            # That was said for this one request: kept in the address, it would refuse a reload after this token's end.
            return see_other(_here(request)) if came_renewed and response.status_code == OK else response

        return signed_in


async def _admit(request: Request) -> str:
    """Raises TokenNotAccepted, then CrossSiteRequest."""
    customer = await recognise_customer(
        await current_deps(request), await current_portal(request), _token(request), await current_client(request)
    )
    enter(request.scope, visit_of(request).speaking(customer.language))
    refuse_cross_site(request)
    request.scope[_SCOPE] = customer
    return f"customer {customer.account_id}"


def _token(request: Request) -> SecretStr:
    """A program's, or the one a browser keeps beside its session. Raises TokenNotAccepted where there is none."""
    if "authorization" in request.headers:
        return bearer(request)
    kept = request.cookies.get(cookies.ACCESS)
    if not kept:
        raise TokenNotAccepted
    return SecretStr(kept)


def _here(request: Request) -> str:
    """Where to come back to; what a form was about to do is asked for again there."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != RENEWED]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")
