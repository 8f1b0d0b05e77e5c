"""What the edge itself refuses, before a route has a say. Statuses are in `statuses.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field. `field` is its JSON Pointer (RFC 6901) without the first slash; "" is the whole."""

    field: str
    code: str
    message: str


class NotFound(DomainError):
    """There is nothing at this address."""

    code: ClassVar[str] = "not_found"


class MethodNotAllowed(DomainError):
    """This address does not take this method."""

    code: ClassVar[str] = "method_not_allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__()
        self.allowed = allowed


class BodyTooLarge(DomainError):
    """The body of the request is too large."""

    code: ClassVar[str] = "body_too_large"

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


class ContentTypeNotSupported(DomainError):
    """The body of the request is not of a type that is read here."""

    code: ClassVar[str] = "content_type_not_supported"

    def __init__(self, expected: str) -> None:
        super().__init__()
        self.expected = expected


class BodyMalformed(DomainError):
    """The body of the request cannot be read."""

    code: ClassVar[str] = "body_malformed"

    def __init__(self, fault: FieldFault) -> None:
        super().__init__()
        self.faults: Sequence[FieldFault] = (fault,)


class FieldsInvalid(DomainError):
    """Some fields are not as they must be."""

    code: ClassVar[str] = "fields_invalid"

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__()
        self.faults = faults


class CrossSiteRequest(DomainError):
    """This request came from another site."""

    code: ClassVar[str] = "cross_site_request"


class ScopeMissing(DomainError):
    """The access token does not have the scope that this needs."""

    code: ClassVar[str] = "scope_missing"


class PortalNotGranted(DomainError):
    """The access token is not for this portal."""

    code: ClassVar[str] = "portal_not_granted"


class FormExpired(DomainError):
    """The form has expired: please send it again."""

    code: ClassVar[str] = "form_expired"


class IdempotencyKeyInvalid(DomainError):
    """An Idempotency-Key has 1 to 255 printable ASCII characters."""

    code: ClassVar[str] = "idempotency_key_invalid"


class ServiceUnavailable(DomainError):
    """This cannot be done just now: please try again in a moment."""

    code: ClassVar[str] = "service_unavailable"


class InternalError(DomainError):
    """Something went wrong on our side."""

    code: ClassVar[str] = "internal_error"
