"""The local front before a world's services, in the test's own loop, and its table of routes for clients without it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping

import httpcore
import httpx
import uvicorn

from deploy.local.front import Front, configured
from deploy.routes import Routes, load_routes
from tests.support.waiting import until

DESK = "desk.localhost"


class Routed(httpx.AsyncBaseTransport):
    """Sends each request to the service that answers it, whatever its port says: what a test says of where it comes
    from reaches the service, which a front would not believe."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports, self._routes = ports, load_routes()
        self._network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = _service(self._routes, request.headers["host"], request.url.path)
        request.url = request.url.copy_with(port=self._ports[service])
        return await self._network.handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()


def _service(routes: Routes, host: str, path: str) -> str:
    return routes.service("desk" if host.partition(":")[0] == DESK else "portal", path)


@contextlib.asynccontextmanager
async def run_front(ports: Mapping[str, int]) -> AsyncIterator[int]:
    """Its port, for browsers."""
    services = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    async with httpcore.AsyncConnectionPool(max_connections=100, keepalive_expiry=3) as pool:
        server = _Server(configured(Front(load_routes(), DESK, services, pool)))
        with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
            serving = asyncio.create_task(server.serve([listening]))
            await until(lambda: server.started)
            try:
                yield listening.getsockname()[1]
            finally:
                server.should_exit = True
                await serving


class _Server(uvicorn.Server):
    """Signals are the test run's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
