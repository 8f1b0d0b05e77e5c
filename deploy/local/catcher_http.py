"""The catcher's HTTP side: the part of Mailpit's API that tests use, and two pages for people.

GET /api/v1/messages, GET /api/v1/message/{ID}, GET /api/v1/message/{ID}/raw, DELETE /api/v1/messages.
"""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.catcher_api import Api
from deploy.local.catcher_pages import Pages
from deploy.local.mailbox import Mailbox

# A page elsewhere whose name is made to point to this machine (DNS rebinding) must not read mails.
OWN_NAMES = ["127.0.0.1", "localhost", "*.localhost"]


def catcher_app(mailbox: Mailbox) -> Starlette:
    api, pages = Api(mailbox), Pages(mailbox)
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/view/{id}", pages.view),
            Route("/api/v1/messages", api.messages, methods=["GET"]),
            Route("/api/v1/messages", api.delete, methods=["DELETE"]),
            Route("/api/v1/message/{id}", api.message),
            Route("/api/v1/message/{id}/raw", api.raw),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=OWN_NAMES, www_redirect=False)],
        exception_handlers={HTTPException: _refusal},
    )


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- Starlette's type says less than it does
    return JSONResponse({"Error": error.detail}, error.status_code)
