"""The HTTP application of a service: its routes, and around them the edge."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared.web import assets
from shared.web.edge import Admit, Edge
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
    routers: Sequence[APIRouter],
    templates: Path,
    statuses: Statuses,
    reception: Reception,
    admit: Admit,
    answers: Answers,
) -> FastAPI:
    """`statuses` is the service's own table; `admit` spends the request of an address; `answers` keeps repeatable ones.

    `app.state` carries `pages`, `refusals` and `answers` to the routes.
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
    app.state.pages, app.state.refusals, app.state.answers = pages, refusals, answers
    refusals.register(app)
    app.add_middleware(Edge, reception=reception, admit=admit, refuse=refusals)
    for router in (*routers, assets.router):
        app.router.routes.extend(router.routes)  # not include_router: each route keeps its own class and its `matches`
    describe(app)
    return app
