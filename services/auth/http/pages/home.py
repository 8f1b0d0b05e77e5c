"""`/`, `/help`, `/privacy`: what anybody may read."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.auth.http.current import FoundSession
from services.auth.http.pages.send_password import sends_passwords
from shared.web.pages import CurrentPages
from shared.web.routes import PageRoute
from shared.web.visits import CurrentPortal

router = APIRouter(route_class=PageRoute)


@router.get("/")
async def home(request: Request, session: FoundSession, portal: CurrentPortal, pages: CurrentPages) -> Response:
    """« Dans le pavé Identification : cliquer sur « identifiant, mot de passe..... » » (S1.2)"""
    return pages.show(request, "home.html", person=session, sends=sends_passwords(portal))


@router.get("/help")
async def help_page(request: Request, session: FoundSession, pages: CurrentPages) -> Response:
    return pages.show(request, "topics.html", person=session, page="help")


@router.get("/privacy")
async def privacy(request: Request, session: FoundSession, pages: CurrentPages) -> Response:
    return pages.show(request, "topics.html", person=session, page="privacy")
