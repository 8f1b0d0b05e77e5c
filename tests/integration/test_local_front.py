"""The local front: who answers what, what it passes on, and what it does while a service is away."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import httpcore
import httpx
import pytest
import pytest_asyncio
import uvicorn

from deploy.local.front import Front, configured
from deploy.local.ports import free_port
from deploy.routes import load_routes
from tests.support.waiting import PATIENCE

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Service:
    """A service that says on the wire exactly what a test wants, and notes what it was sent."""

    def __init__(self) -> None:
        self.port = free_port()
        self.heads: list[str] = []
        self._server: asyncio.Server | None = None

    async def listen(self, answer: Answer) -> None:
        async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            with contextlib.closing(writer):
                await answer(reader, writer)

        self._server = await asyncio.start_server(note, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()


async def greets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\nX-Of: service\r\n\r\nbonjour")
    await writer.drain()


async def dies(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def dies_in_mid_answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it")
    await writer.drain()
    writer.transport.abort()


@pytest_asyncio.fixture
async def auth() -> AsyncIterator[Service]:
    service = Service()
    yield service
    await service.close()


@pytest_asyncio.fixture
async def front(auth: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a front that knows auth alone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with httpcore.AsyncConnectionPool() as pool:
            services = {"auth": f"http://127.0.0.1:{auth.port}"}
            app = Front(load_routes(), "desk.localhost", services, pool)
            server = uvicorn.Server(configured(app))
            serving = asyncio.create_task(server._serve([listening]))
            base = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with httpx.AsyncClient(
                base_url=base, headers={"Host": "egec.localhost:8000"}, timeout=PATIENCE
            ) as client:
                yield client
            server.should_exit = True
            await serving


async def test_it_passes_the_host_and_says_itself_who_asked(front: httpx.AsyncClient, auth: Service) -> None:
    await auth.listen(greets)
    answer = await front.get(
        "/sign-in?next=%2Faccount", headers={"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "x"}
    )
    assert (answer.status_code, answer.text, answer.headers["X-Of"]) == (200, "bonjour", "service")
    head = auth.heads[0].lower()
    assert head.startswith("get /sign-in?next=%2faccount http/1.1")
    assert "host: egec.localhost:8000" in head
    assert "x-forwarded-for: 127.0.0.1" in head
    assert "1.2.3.4" not in head
    assert "x-forwarded-host" not in head


async def test_a_request_waits_while_its_service_is_away(front: httpx.AsyncClient, auth: Service) -> None:
    waiting = asyncio.create_task(front.post("/api/v1/activations", json={"email": "camille@example.org"}))
    await asyncio.wait([waiting], timeout=0.5)
    assert not waiting.done()

    await auth.listen(greets)

    assert (await waiting).text == "bonjour"
    assert len(auth.heads) == 1


async def test_a_request_gets_503_when_its_service_stays_away(
    front: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.front.HOLD", 0.2)
    answer = await front.post("/api/v1/activations", json={})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("death", [dies, dies_in_mid_answer])
async def test_a_request_that_was_cut_off_gets_502_and_is_not_sent_again(
    front: httpx.AsyncClient, auth: Service, death: Answer
) -> None:
    await auth.listen(death)
    answer = await front.post("/api/v1/activations", json={})
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "answer_lost"
    assert len(auth.heads) == 1


async def test_bodies_stream_both_ways(front: httpx.AsyncClient, auth: Service) -> None:
    halves = asyncio.Event()

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while size := int(await reader.readline(), 16):
            chunk = await reader.readexactly(size + 2)
            writer.write(b"%x\r\n%b" % (size, chunk))
            await writer.drain()
            halves.set()
        writer.write(b"0\r\n\r\n")

    async def body() -> AsyncIterator[bytes]:
        yield b"first"
        await halves.wait()  # nothing more before the service has had the first half
        yield b"second"

    await auth.listen(echo)
    answer = await front.post("/import", content=body())
    assert answer.text == "firstsecond"
    assert "transfer-encoding: chunked" in auth.heads[0].lower()


async def test_a_long_answer_that_breaks_off_is_not_taken_for_whole(front: httpx.AsyncClient, auth: Service) -> None:
    async def breaks_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 100_000)
        await writer.drain()
        writer.transport.abort()

    await auth.listen(breaks_off)
    with pytest.raises(httpx.RemoteProtocolError):
        await front.get("/long")


async def test_what_no_service_answers_is_not_found(front: httpx.AsyncClient, auth: Service) -> None:
    answer = await front.get("/contracts")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("host", "path", "service"),
    [
        ("portal", "/", "auth"),
        ("portal", "/contracts", "contracts"),
        ("portal", "/contracts/link", "contracts"),
        ("portal", "/contractsmith", "auth"),
        ("portal", "/api/v1/contracts/active", "contracts"),
        ("portal", "/api/v1/activations", "auth"),
        ("portal", "/api/openapi/notifier.json", "notifier"),
        ("portal", "/deliveries", "auth"),
        ("desk", "/accounts/1", "auth"),
        ("desk", "/contracts", "contracts"),
        ("desk", "/api/v1/portals/egec/accounts", "auth"),
        ("desk", "/api/v1/portals/egec/accounts/1/activations", "auth"),
        ("desk", "/api/v1/portals/egec/contracts/1/links/2", "contracts"),
        ("desk", "/api/v1/portals/egec/timelines/1", "notifier"),
        ("desk", "/api/v1/deliveries/1/retry", "notifier"),
        ("desk", "/dead-letters/contracts", "contracts"),
        ("desk", "/api/v1/dead-letters/auth/7/replay", "auth"),
        ("desk", "/audit/notifier", "notifier"),
        ("desk", "/oauth/token", "auth"),
    ],
)
def test_host_and_path_choose_the_service(host: str, path: str, service: str) -> None:
    assert load_routes().service(host, path) == service  # type: ignore[arg-type]
