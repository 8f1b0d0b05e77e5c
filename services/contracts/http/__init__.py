"""What contracts says over HTTP: the customers' API and pages, the desk's API."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.contracts.http import contracts, desk_contracts, desk_keys, desk_links
from services.contracts.http.pages import link, switch


def routers() -> Sequence[APIRouter]:
    parts = (contracts, desk_contracts, desk_keys, desk_links, switch, link)
    return [part.router for part in parts]
