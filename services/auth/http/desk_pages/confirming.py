"""Asking once more before something is done for a person: what it is, and what comes of it."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request
from starlette.responses import Response

from services.auth.http.desk_pages.met import Met
from shared.web.pages import Pages


def ask(
    request: Request, pages: Pages, met: Met, what: str, *, fields: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """The page with the one button; its words are `desk.<what>`. `fields` are sent along."""
    return pages.show(request, "desk/confirm.html", met=met, what=what, fields=fields)
