"""What contracts says over HTTP: the customers' API and pages, the desk's API and pages."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.contracts.http import contracts, desk_contracts, desk_keys, desk_links
from services.contracts.http.desk_pages import PAGES
from services.contracts.http.pages import link, switch


def routers() -> Sequence[APIRouter]:
    parts = (contracts, desk_contracts, desk_keys, desk_links, switch, link, *PAGES)
    return [part.router for part in parts]
