"""Style sheets, scripts and icons: the same files for all portals, and each portal's own colour.

Addresses carry a digest of what they lead to, so browsers may keep them for ever.
"""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from shared.web.errors import NotFound
from shared.web.visits import Visit, visit_of

FOLDER = Path(__file__).parent / "assets"
FILES = frozenset(path.name for path in FOLDER.iterdir())
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
DESK_COLOR = "#3b3f46"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="{color}"/>'
    '<path d="M8 13h16M8 13l3-5h10l3 5v11H8zM14 24v-6h4v6" fill="none" stroke="#fff" stroke-width="2.2"'
    ' stroke-linejoin="round"/></svg>'
)

router = APIRouter(include_in_schema=False)


@cache
def url(name: str) -> str:
    """The address of a file in `assets/`."""
    return f"/assets/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def brand_url(visit: Visit) -> str:
    return f"/assets/brand.css?v={_color(visit).removeprefix('#')}"


def icon_url(visit: Visit) -> str:
    return f"/assets/icon.svg?v={_color(visit).removeprefix('#')}"


@router.get("/assets/brand.css")
async def get_brand(request: Request) -> Response:
    """A portal changes one colour; everything else follows from it."""
    content = f":root {{ --brand: {_color(visit_of(request))}; }}\n"
    return Response(content, media_type="text/css", headers=FOR_EVER)


@router.get("/assets/icon.svg")
async def get_icon(request: Request) -> Response:
    content = ICON.format(color=_color(visit_of(request)))
    return Response(content, media_type="image/svg+xml", headers=FOR_EVER)


@router.get("/assets/{name}")
async def get_file(name: str) -> Response:
    """Raises NotFound."""
    if name not in FILES:
        raise NotFound
    return Response(_content(name), media_type=MEDIA_TYPES[Path(name).suffix], headers=FOR_EVER)


def _color(visit: Visit) -> str:
    return visit.portal.brand.color if visit.portal else DESK_COLOR
