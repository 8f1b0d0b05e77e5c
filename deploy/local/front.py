"""The local front: one port for all services, split by host and path as `deploy/routes.yaml` says.

A request goes to its service once that listens: until then nothing was handed over and it waits, up to 10 s. One that
was handed over is never repeated, for it may have been done: if its service dies meanwhile, the answer is a 502.
"""

import argparse
import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore
import uvicorn
import uvloop

from deploy.routes import Routes, load_routes

HOLD = 10.0  # seconds a request waits for a service that is away
LOOK = 0.05  # seconds between two looks whether it is back
WHOLE = 1024 * 1024  # bytes; up to this, an answer is read to its end before any of it is passed on

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# RFC 9110, 7.6.1: these speak of one connection, not of the request.
_HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection"}
# Who asked is for us to say: what a client writes there says nothing.
_OURS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"}


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class CutShort(Exception):
    """A service died in the middle of a long answer. The connection is closed: nobody takes a part for the whole."""


@dataclass(frozen=True, slots=True)
class Front:
    """An ASGI application."""

    routes: Routes
    desk: str  # the desk's host name
    services: Mapping[str, str]  # name -> http://host:port
    pool: httpcore.AsyncConnectionPool

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["raw_path"].decode("latin-1")
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        on_desk = host.partition(":")[0].lower() == self.desk
        base = self.services.get(self.routes.service("desk" if on_desk else "portal", path))
        if base is None:
            await _problem(send, 404, "not_found", "Nothing answers here")
            return
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        request = httpcore.Request(
            scope["method"],
            httpcore.URL(f"{base}{path}".encode("latin-1") + query),
            headers=_forwarded(scope),
            content=_body(receive) if _has_body(scope["headers"]) else None,
        )
        await self._pass(request, send)

    async def _pass(self, request: httpcore.Request, send: Send) -> None:
        try:
            response = await self._hand_over(request)
            try:
                await _answer(response, send)
            finally:
                await response.aclose()
        except ClientGone:
            return
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            await _problem(send, 503, "service_unavailable", "The service is away; nothing was done.")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
            await _problem(send, 502, "answer_lost", "The service went away while it worked on this; it may be done.")

    async def _hand_over(self, request: httpcore.Request) -> httpcore.Response:
        """Raises ConnectError when the service stayed away."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + HOLD
        while True:
            try:
                return await self.pool.handle_async_request(request)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(LOOK)


async def _answer(response: httpcore.Response, send: Send) -> None:
    """Raises httpcore's errors while a 502 can still be said, and CutShort afterwards."""
    chunks = response.aiter_stream()
    start = {
        "type": "http.response.start",
        "status": response.status,
        "headers": [(name, value) for name, value in response.headers if name.lower() not in _HOP_BY_HOP],
    }
    if _length(response.headers) <= WHOLE:
        body = b"".join([chunk async for chunk in chunks])
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return
    await send(start)
    try:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        raise CutShort from error
    await send({"type": "http.response.body", "body": b""})


async def _problem(send: Send, status: int, code: str, title: str) -> None:
    """RFC 9457."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "code": code}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body))]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _forwarded(scope: Message) -> Headers:
    kept = [(name, value) for name, value in scope["headers"] if name not in _HOP_BY_HOP | _OURS]
    if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        kept.append((b"transfer-encoding", b"chunked"))  # as it came: nobody knows its length beforehand
    peer = scope["client"][0] if scope["client"] else "unknown"
    return [*kept, (b"x-forwarded-for", peer.encode()), (b"x-forwarded-proto", scope["scheme"].encode())]


def _has_body(headers: Headers) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in headers)


def _length(headers: Sequence[tuple[bytes, bytes]]) -> float:
    """In bytes; infinite where the service does not say."""
    return next((int(value) for name, value in headers if name.lower() == b"content-length"), float("inf"))


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        more = message.get("more_body", False)
        if chunk := message.get("body", b""):
            yield chunk


def configured(front: Front) -> uvicorn.Config:
    """What a client wrote about proxies is not believed, and what a service said about itself is not doubled."""
    return uvicorn.Config(
        front,
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,  # seconds, for what is in flight
    )


async def serve(listening: socket.socket, desk: str, services: Mapping[str, str]) -> None:
    """Until SIGTERM."""
    async with httpcore.AsyncConnectionPool(max_connections=1000, keepalive_expiry=3) as pool:
        await uvicorn.Server(configured(Front(load_routes(), desk, services, pool))).serve([listening])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="the listening socket, inherited")
    parser.add_argument("--desk", required=True, help="the desk's host name")
    parser.add_argument("services", nargs="+", help="NAME=http://HOST:PORT")
    given = parser.parse_args()
    services = dict(each.split("=", 1) for each in given.services)
    uvloop.run(serve(socket.socket(fileno=given.fd), given.desk, services))


if __name__ == "__main__":
    main()
