"""`/`: where somebody at the desk begins, with the search."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.web.desk import needs
from shared.web.desk_pages import DeskPage
from shared.web.pages import CurrentPages

router = APIRouter(route_class=DeskPage)


@router.get("/", openapi_extra=needs("accounts:read"))
async def desk_home(request: Request, pages: CurrentPages) -> Response:
    return pages.show(request, "desk/home.html")
