"""The edge of an HTTP service: what happens to every request around the route that answers it, in one place.

A plain ASGI middleware: Starlette's BaseHTTPMiddleware would run every answer through a task and a stream of its own.
"""

from asyncio import CancelledError
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Protocol

import structlog
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import DomainError
from shared.telemetry.failures import describe
from shared.telemetry.traces import tracer
from shared.web import metrics
from shared.web.errors import InternalError, ServiceUnavailable
from shared.web.headers import secured
from shared.web.visits import Reception, Visit, enter

log = structlog.get_logger()

Refuse = Callable[[Request, DomainError], Response]


class Gate(Protocol):
    """How many requests an address may send."""

    async def admit(self, visit: Visit) -> None:
        """Counts one. Raises a DomainError for one too many (429)."""

    def give_back(self, visit: Visit) -> None:
        """For whoever has shown meanwhile that they are not to be counted."""


class Edge:
    """`gate` is asked for every request but those for assets."""

    def __init__(self, app: ASGIApp, *, reception: Reception, gate: Gate, refuse: Refuse) -> None:
        self.app = app
        self.reception = reception
        self.gate = gate
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started, status = perf_counter(), 0

        async def send_secured(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = secured(message["headers"])
            await send(message)

        with metrics.active.track_inprogress(), _root_span(scope) as current:
            try:
                await self._answer(scope, receive, send_secured)
            except ClientDisconnect:
                status = 499  # as nginx counts who left before the answer
            except CancelledError:  # the process ends, and has waited for this one as long as it may
                if not status:
                    await self.refuse(Request(scope), ServiceUnavailable())(scope, receive, send_secured)
            except Exception as error:
                log.error("request_failed", **describe(error))
                if not status:
                    await self.refuse(Request(scope), InternalError())(scope, receive, send_secured)
            finally:
                method, route = metrics.method_of(scope), metrics.route_of(scope)
                metrics.duration.labels(method, route, status).observe(perf_counter() - started)
                current.update_name(f"{method} {route}")
                current.set_attributes({"http.route": route, "http.response.status_code": status})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            visit = self.reception.receive(scope)
            enter(scope, visit)
            if not scope["path"].startswith("/assets/"):
                await self.gate.admit(visit)
        except DomainError as error:
            await self.refuse(Request(scope), error)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _root_span(scope: Scope) -> AbstractContextManager[Span]:
    """A trace begins here: not where the server was started, nor where a stranger's `traceparent` says."""
    return tracer.start_as_current_span(
        scope["method"], context=Context(), kind=SpanKind.SERVER, record_exception=False
    )
