"""Pages for whoever is signed in: who has no token that counts goes by the sign-in page, which gives those who are
still signed in a new one, and comes back."""

from http.client import OK
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from shared.access_tokens import TokenNotAccepted
from shared.web import cookies
from shared.web.pages import see_other
from shared.web.routes import Handle

SIGN_IN = "/sign-in"
RENEWED = "renewed"  # in the query of an address that the sign-in page sent the browser back to


def by_way_of_sign_in(handle: Handle) -> Handle:
    """A fragment of the address goes along: a redirect that names none keeps it (RFC 9110, 10.2.2)."""

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


def _here(request: Request) -> str:
    """Where to come back to; what a form was about to do is asked for again there."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != RENEWED]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")
