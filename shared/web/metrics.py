"""Requests by route, named as OpenTelemetry's semantic conventions name them (HTTP server metrics)."""

from prometheus_client import Gauge, Histogram
from starlette.types import Scope

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

duration = Histogram(
    "http_server_request_duration_seconds",
    "Time from the request's headers to the answer's last byte.",
    ["http_request_method", "http_route", "http_response_status_code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
active = Gauge("http_server_active_requests", "Requests being answered.")


def method_of(scope: Scope) -> str:
    """The method, or `_OTHER`: nobody can make up new time series."""
    method: str = scope["method"]
    return method if method in METHODS else "_OTHER"


def route_of(scope: Scope) -> str:
    """The route's template, such as `/api/v1/portals/{portal}/accounts`; never what stands in it."""
    return getattr(scope.get("route"), "path", "unmatched")
