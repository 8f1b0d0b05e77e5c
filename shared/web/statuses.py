"""The status of each of the edge's refusals. A service lays its own table beside it (`services/*/http/statuses.py`)."""

from collections.abc import Mapping

from shared.access_tokens import TokenNotAccepted
from shared.details import DetailsNotAcceptable
from shared.errors import DomainError
from shared.idempotency import AlreadyAnswered, KeyReused, StillAnswering
from shared.inbox.dead_letters import DeadLetterNotFound, DeadLetterUnreadable
from shared.limits import TooManyRequests
from shared.portals.registry import UnknownHost, UnknownPortal
from shared.web.errors import (
    BodyMalformed,
    BodyTooLarge,
    ContentTypeNotSupported,
    CrossSiteRequest,
    FieldsInvalid,
    FormExpired,
    IdempotencyKeyInvalid,
    InternalError,
    MethodNotAllowed,
    NotFound,
    PortalNotGranted,
    ScopeMissing,
    ServiceUnavailable,
)

Statuses = Mapping[type[DomainError], int]

EDGE: Statuses = {
    BodyMalformed: 400,
    TokenNotAccepted: 401,
    CrossSiteRequest: 403,
    FormExpired: 403,
    PortalNotGranted: 403,
    ScopeMissing: 403,
    DeadLetterNotFound: 404,
    NotFound: 404,
    UnknownPortal: 404,
    MethodNotAllowed: 405,
    AlreadyAnswered: 409,
    DeadLetterUnreadable: 409,
    StillAnswering: 409,
    BodyTooLarge: 413,
    ContentTypeNotSupported: 415,
    UnknownHost: 421,
    DetailsNotAcceptable: 422,
    FieldsInvalid: 422,
    IdempotencyKeyInvalid: 422,
    KeyReused: 422,
    TooManyRequests: 429,
    InternalError: 500,
    ServiceUnavailable: 503,
}


def status_of(error: DomainError, statuses: Statuses) -> int:
    """By the error's own type or the nearest above it; 500 for one that no table has, which a test looks for."""
    return next((statuses[kind] for kind in type(error).__mro__ if kind in statuses), 500)
