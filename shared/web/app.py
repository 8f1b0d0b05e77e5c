"""The HTTP application of a service: its routes, and around them the edge."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared.db import Database
from shared.idempotency import KeptAnswers
from shared.portals import Portals
from shared.settings import ServiceSettings
from shared.web import assets, operations
from shared.web.addresses import trusted_networks
from shared.web.desk import VerifyDesk
from shared.web.edge import Edge
from shared.web.openapi import describe
from shared.web.pages import Pages
from shared.web.refusals import Refusals
from shared.web.request_gate import RequestGate
from shared.web.statuses import EDGE, Statuses
from shared.web.visits import Reception

# The edge measures and traces by itself, and quotes nobody.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


class Parts(Protocol):
    """What the deps of every service have."""

    @property
    def db(self) -> Database: ...

    @property
    def portals(self) -> Portals: ...


def build_app(
    service: str,
    deps: Parts,
    settings: ServiceSettings,
    *,
    routers: Sequence[APIRouter],
    templates: Path,
    statuses: Statuses,
    verify_desk: VerifyDesk,
) -> FastAPI:
    """`statuses` is the service's own table; `verify_desk` knows who calls the desk.

    `app.state` carries to the routes what they work with.
    """
    pages = Pages(templates)
    refusals = Refusals({**EDGE, **statuses}, pages)
    reception = Reception(deps.portals, settings.desk_host, trusted_networks(settings.trusted_proxies))
    gate = RequestGate(deps.db, deps.portals)
    app = FastAPI(
        title=f"Guichet: {service}",
        version="1",
        openapi_url=f"/api/openapi/{service}.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    app.state.service, app.state.deps, app.state.db, app.state.portals = service, deps, deps.db, deps.portals
    app.state.pages, app.state.refusals, app.state.answers = pages, refusals, KeptAnswers(deps.db)
    app.state.gate, app.state.verify_desk = gate, verify_desk
    refusals.register(app)
    app.add_middleware(Edge, reception=reception, gate=gate, refuse=refusals)
    for router in (*routers, *operations.routers(), assets.router):
        app.router.routes.extend(router.routes)  # not include_router: each route keeps its own class and its `matches`
    describe(app)
    return app
