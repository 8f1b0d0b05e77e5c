"""What operators ask a process, on a port of its own: `/livez`, `/readyz`, `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared.errors import DatabaseUnavailable
from shared.health import Health

PATIENCE = 2.0  # seconds a database has to answer

Probe = Callable[[], Awaitable[object]]


def admin_app(health: Health, reach_database: Probe) -> Starlette:
    """`reach_database` raises DatabaseUnavailable; it is asked each time, for nothing else notices an idle loss."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                await reach_database()
            health.well("database")
        except (DatabaseUnavailable, TimeoutError) as error:
            health.unavailable("database", str(error) or f"no answer within {PATIENCE:g} s")
        return JSONResponse(health.snapshot(), 503 if health.verdict == "unavailable" else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)])
