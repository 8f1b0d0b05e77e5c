"""The HTTP application of the notifier: its routes behind the edge that all services share."""

from pathlib import Path

from fastapi import FastAPI

from services.notifier import http
from services.notifier.deps import Deps
from services.notifier.http.statuses import STATUSES
from shared.idempotency import KeptAnswers
from shared.web.addresses import Network
from shared.web.app import build_app
from shared.web.desk import verified_by
from shared.web.request_gate import RequestGate
from shared.web.visits import Reception


def build_api(deps: Deps, *, desk_host: str, trusted_proxies: tuple[Network, ...] = ()) -> FastAPI:
    app = build_app(
        "notifier",
        db=deps.db,
        routers=http.routers(),
        templates=Path(http.__file__).parent / "templates",
        statuses=STATUSES,
        reception=Reception(deps.portals, desk_host, trusted_proxies),
        gate=RequestGate(deps.db, deps.portals),
        answers=KeptAnswers(deps.db),
        verify_desk=verified_by(deps.token_keys),
    )
    app.state.deps = deps
    return app
