"""An ASGI application on a port, until it is asked to stop."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

FINISH = 6  # seconds for what is being answered when the end is asked for; the roles of a process have seven
KEEP_ALIVE = 75  # seconds; longer than a proxy keeps a connection, so that the proxy is the one who closes it


class _Server(uvicorn.Server):
    """Signals are the process's business: it stops its roles, and we are one of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: ASGIApp, *, host: str, port: int, stop: asyncio.Event, listening: Callable[[int], None] = lambda _: None
) -> None:
    """Answers until `stop`, then finishes what it began. `listening` is told the port: with 0 any free one is taken.

    Raises OSError where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=2048) as listener:
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # whose address counts is decided in shared.web.addresses
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=FINISH,
        )
        server = _Server(config)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve([listener]))
            listening(listener.getsockname()[1])
            stopping = tasks.create_task(stop.wait())
            await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
            server.should_exit = True
            stopping.cancel()
