"""The HTTP application of contracts: its routes behind the edge that all services share."""

from pathlib import Path

from fastapi import FastAPI

from services.contracts import http
from services.contracts.deps import Deps
from services.contracts.http.statuses import STATUSES
from shared.settings import ServiceSettings
from shared.web.app import build_app
from shared.web.desk import verified_by

TEMPLATES = Path(http.__file__).parent / "templates"


def build_api(deps: Deps, settings: ServiceSettings) -> FastAPI:
    return build_app(
        "contracts",
        deps,
        settings,
        routers=http.routers(),
        templates=TEMPLATES,
        statuses=STATUSES,
        verify_desk=verified_by(deps.token_keys),
    )
