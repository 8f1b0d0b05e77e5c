"""The HTTP application of a service: its routes, and around them the edge."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared.db import Database
from shared.web import assets
from shared.web.desk import VerifyDesk
from shared.web.edge import Edge, Gate
from shared.web.openapi import describe
from shared.web.pages import Pages
from shared.web.refusals import Refusals
from shared.web.repeats import Answers
from shared.web.statuses import EDGE, Statuses
from shared.web.visits import Reception

# The edge measures and traces by itself, and quotes nobody.
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


def build_app(
    service: str,
    *,
    db: Database,
    routers: Sequence[APIRouter],
    templates: Path,
    statuses: Statuses,
    reception: Reception,
    gate: Gate,
    answers: Answers,
    verify_desk: VerifyDesk,
) -> FastAPI:
    """`statuses` is the service's own table; `answers` keeps repeatable ones; `verify_desk` knows who calls the desk.

    `app.state` carries them to the routes, with `service`, `db`, `pages`, `refusals` and `portals`.
    """
    pages = Pages(templates)
    refusals = Refusals({**EDGE, **statuses}, pages)
    app = FastAPI(
        title=f"Guichet: {service}",
        version="1",
        openapi_url=f"/api/openapi/{service}.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    app.state.service, app.state.db = service, db
    app.state.pages, app.state.refusals, app.state.answers = pages, refusals, answers
    app.state.portals, app.state.gate, app.state.verify_desk = reception.portals, gate, verify_desk
    refusals.register(app)
    app.add_middleware(Edge, reception=reception, gate=gate, refuse=refusals)
    for router in (*routers, assets.router):
        app.router.routes.extend(router.routes)  # not include_router: each route keeps its own class and its `matches`
    describe(app)
    return app
