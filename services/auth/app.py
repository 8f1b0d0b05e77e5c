"""The HTTP application of auth: its routes behind the edge that all services share."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.auth import http
from services.auth.deps import Deps
from services.auth.handlers.verify_access import verify_access
from services.auth.http.statuses import STATUSES
from shared.access_tokens import DESK
from shared.settings import ServiceSettings
from shared.web.app import build_app

TEMPLATES = Path(http.__file__).parent / "templates"


def build_api(deps: Deps, settings: ServiceSettings) -> FastAPI:
    return build_app(
        "auth",
        deps,
        settings,
        routers=http.routers(),
        templates=TEMPLATES,
        statuses=STATUSES,
        verify_desk=partial(verify_access, deps, audience=DESK),
    )
