"""The HTTP application of auth: its routes behind the edge that all services share."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.auth import http
from services.auth.deps import Deps
from services.auth.handlers.verify_access import verify_access
from services.auth.http.statuses import STATUSES
from shared.access_tokens import DESK
from shared.idempotency import KeptAnswers
from shared.web.addresses import Network
from shared.web.app import build_app
from shared.web.request_gate import RequestGate
from shared.web.visits import Reception


def build_api(deps: Deps, *, desk_host: str, trusted_proxies: tuple[Network, ...] = ()) -> FastAPI:
    app = build_app(
        "auth",
        db=deps.db,
        routers=http.routers(),
        templates=Path(http.__file__).parent / "templates",
        statuses=STATUSES,
        reception=Reception(deps.portals, desk_host, trusted_proxies),
        gate=RequestGate(deps.db, deps.portals),
        answers=KeptAnswers(deps.db),
        verify_desk=partial(verify_access, deps, audience=DESK),
    )
    app.state.deps = deps
    return app
