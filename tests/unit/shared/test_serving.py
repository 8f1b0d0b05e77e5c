"""A process answers its operators, and finishes what it began."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shared.admin import admin_app
from shared.errors import DatabaseUnavailable
from shared.health import Health
from shared.serving import serve
from tests.support.waiting import PATIENCE, until


async def reached() -> None:
    """A database that answers."""


async def lost() -> None:
    raise DatabaseUnavailable("connection refused")


LOST = {"status": "unavailable", "reasons": {"database": "connection refused"}}


@pytest.mark.parametrize(
    ("probe", "status", "said"), [(reached, 200, {"status": "ready", "reasons": {}}), (lost, 503, LOST)]
)
async def test_readiness_follows_the_database(probe: object, status: int, said: dict[str, object]):
    transport = httpx.ASGITransport(admin_app(Health(), probe))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://admin") as http:
        answer = await http.get("/readyz")

    assert (answer.status_code, answer.json()) == (status, said)


async def test_a_degraded_process_is_ready_and_says_why():
    health = Health()
    health.degraded("relay", "no broker")
    transport = httpx.ASGITransport(admin_app(health, reached))
    async with httpx.AsyncClient(transport=transport, base_url="http://admin") as http:
        answer = await http.get("/readyz")
        metrics = await http.get("/metrics")

    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "reasons": {"relay": "no broker"}})
    assert "python_info" in metrics.text


class Served:
    """An application with one slow answer, on a port."""

    def __init__(self) -> None:
        self.asked, self.go_on, self.stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.port = 0

    async def slow(self, _: Request) -> Response:
        self.asked.set()
        await self.go_on.wait()
        return PlainTextResponse("done")

    def listening(self, port: int) -> None:
        self.port = port


@pytest.fixture
async def served() -> AsyncIterator[tuple[Served, "asyncio.Task[None]"]]:
    one = Served()
    app = Starlette(routes=[Route("/", one.slow)])
    task = asyncio.create_task(serve(app, host="127.0.0.1", port=0, stop=one.stop, listening=one.listening))
    await until(lambda: one.port)
    yield one, task
    one.stop.set()
    one.go_on.set()
    await task


async def test_what_was_begun_is_answered_after_the_end_was_asked_for(served: tuple[Served, "asyncio.Task[None]"]):
    one, task = served
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{one.port}") as http:
        asking = asyncio.create_task(http.get("/"))
        await one.asked.wait()
        one.stop.set()
        await until(lambda: refused(one.port))
        assert not task.done()
        one.go_on.set()

        assert (await asking).text == "done"
    await asyncio.wait_for(task, PATIENCE)


async def refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:  # reset: taken up by the kernel in the moment the listener closed
        return True
    writer.close()
    return False


async def test_a_taken_address_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await serve(Starlette(), host="127.0.0.1", port=taken.getsockname()[1], stop=asyncio.Event())
