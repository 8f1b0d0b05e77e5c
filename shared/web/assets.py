"""Style sheets and icons: the same files for all portals, and each portal's own colour.

Addresses carry a digest of what they lead to, so browsers may keep them for ever.
"""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.web.visits import Visit, visit_of

FOLDER = Path(__file__).parent / "assets"
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
DESK_COLOR = "#3b3f46"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="{color}"/>'
    '<path d="M8 13h16M8 13l3-5h10l3 5v11H8zM14 24v-6h4v6" fill="none" stroke="#fff" stroke-width="2.2"'
    ' stroke-linejoin="round"/></svg>'
)

router = APIRouter(include_in_schema=False)


@cache
def style() -> tuple[bytes, str]:
    """The style sheet and its address."""
    content = (FOLDER / "guichet.css").read_bytes()
    return content, f"/assets/guichet.css?v={hashlib.sha256(content).hexdigest()[:12]}"


def style_url() -> str:
    return style()[1]


def brand_url(visit: Visit) -> str:
    return f"/assets/brand.css?v={_color(visit).removeprefix('#')}"


def icon_url(visit: Visit) -> str:
    return f"/assets/icon.svg?v={_color(visit).removeprefix('#')}"


@router.get("/assets/guichet.css")
async def get_style() -> Response:
    return Response(style()[0], media_type="text/css", headers=FOR_EVER)


@router.get("/assets/brand.css")
async def get_brand(request: Request) -> Response:
    """A portal changes one colour; everything else follows from it."""
    content = f":root {{ --brand: {_color(visit_of(request))}; }}\n"
    return Response(content, media_type="text/css", headers=FOR_EVER)


@router.get("/assets/icon.svg")
async def get_icon(request: Request) -> Response:
    content = ICON.format(color=_color(visit_of(request)))
    return Response(content, media_type="image/svg+xml", headers=FOR_EVER)


def _color(visit: Visit) -> str:
    return visit.portal.brand.color if visit.portal else DESK_COLOR
