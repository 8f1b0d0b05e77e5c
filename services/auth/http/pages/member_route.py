"""Pages of somebody signed in: whoever is not is led to sign in, and back."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from services.auth.domain.errors import NotSignedIn, PasswordMustBeChanged
from shared.web.pages import see_other
from shared.web.routes import Handle, PageRoute

SIGN_IN = "/sign-in"
CHOOSE_PASSWORD = "/account/password"  # noqa: S105 -- an address


class MemberRoute(PageRoute):
    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def leading_elsewhere(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn:
                return see_other(f"{SIGN_IN}?next={quote(request.url.path)}")
            except PasswordMustBeChanged:
                return see_other(CHOOSE_PASSWORD)

        return leading_elsewhere
