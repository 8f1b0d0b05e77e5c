"""What a repeat is known by.

A claim is one caller's key for one route of one portal. What was claimed is kept for a day as a digest of it all; of
the body only an HMAC under the caller's own key, so that nobody who reads the table can try bodies against it.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar
from uuid import UUID, uuid4

from shared.errors import DomainError

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Claim:
    digest: bytes
    fingerprint: bytes
    owner: UUID  # the one request that makes it: a repeat's claim is another's


def claim(*, portal: str, caller: str, route: str, key: str, body: bytes) -> Claim:
    """`route` is the method and path as they were asked; `caller` who asks, or where nobody signed in, that."""
    scope = "\0".join((portal, caller, route, key)).encode()
    return Claim(hashlib.sha256(scope).digest(), hmac.digest(key.encode(), body, "sha256"), uuid4())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a repeat gets. `body` None: it held a secret and was not kept; a repeat is told `already_answered`."""

    status: int
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Once(Generic[R]):
    """A claim, and how the route answers a result: given to a handler, which keeps the answer in the transaction that
    does the work. So a process that dies between the commit and its reply does not do it twice."""

    claim: Claim
    answer: Callable[[R], Answer]


class KeyReused(DomainError):
    """This Idempotency-Key was used with another request."""

    code: ClassVar[str] = "idempotency_key_reused"


class AlreadyAnswered(DomainError):
    """This request was done before; its answer held a secret and was not kept."""

    code: ClassVar[str] = "already_answered"


class StillAnswering(DomainError):
    """The first request with this Idempotency-Key is still being worked on."""

    code: ClassVar[str] = "still_answering"
