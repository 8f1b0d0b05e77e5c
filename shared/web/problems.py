"""Refusals as RFC 9457 problem details: a stable `code` for programs, the portal's words for people."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil

from starlette.responses import JSONResponse

from shared.errors import DomainError
from shared.web.errors import FieldFault
from shared.web.words import Words

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_OUTAGE = 5  # seconds: about as long as a database takes to come back


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def problem(error: DomainError, status: int, words: Words) -> ProblemResponse:
    """`errors` names each field at fault as a JSON Pointer, as RFC 9457's own example does; `missing` the checks that
    were not made."""
    code = error.code
    body: dict[str, object] = {
        "type": f"urn:problem-type:guichet:{code}",
        "title": words.problem(error),
        "status": status,
        "code": code,
    }
    if missing := getattr(error, "missing", ()):
        body["missing"] = list(missing)
    if faults := tuple(field_faults(error)):
        body["errors"] = [
            {"pointer": f"#/{fault.field}" if fault.field else "#", "code": fault.code, "detail": fault.message}
            for fault in faults
        ]
    return ProblemResponse(body, status_code=status, headers=problem_headers(error, status))


def problem_headers(error: DomainError, status: int) -> dict[str, str]:
    """What HTTP wants beside the body, whether that is a problem or a page."""
    headers: dict[str, str] = {}
    wait: timedelta | None = getattr(error, "retry_after", None)
    if wait is not None:
        headers["retry-after"] = str(max(1, ceil(wait.total_seconds())))
    elif status == 503:
        headers["retry-after"] = str(RETRY_AFTER_OUTAGE)
    if status == 405:
        headers["allow"] = getattr(error, "allowed", "")
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


def field_faults(error: DomainError) -> Iterable[FieldFault]:
    """Of the edge's own errors, and of a service's that say as much: faults with a field, a code and a message."""
    faults: Iterable[FieldFault] = getattr(error, "faults", ())
    return faults
