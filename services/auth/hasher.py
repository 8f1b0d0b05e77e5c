"""Argon2id off the event loop: a few threads, a queue with an end, and a refusal when it is full.

argon2-cffi gives up the interpreter's lock while it works, so threads are enough. Nobody waits for longer than the
queue takes: past that, a client is told 503 at once rather than late.
"""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from prometheus_client import Counter, Gauge, Histogram

from services.auth.domain.credentials import PasswordHash
from services.auth.domain.errors import Overloaded

T = TypeVar("T")

WAIT = Histogram(
    "guichet_argon2_wait_seconds",
    "How long a password waited for a thread before it was hashed.",
    buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
CALLS = Counter("guichet_argon2_calls", "Argon2 computations: a password hashed, or verified.", ["what"])
WAITING = Gauge("guichet_argon2_places_taken", "Passwords being hashed or waiting for it.")
REFUSED = Counter("guichet_argon2_refused", "Requests refused because the queue was full.")

# OWASP's recommendation and ASVS 5.0's floor (11.4.2): 19 MiB, two passes, one lane; about 20 ms.
ARGON2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)


class Hasher:
    """`threads` compute at the same time (one a core); `waiting` more may wait for them."""

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._places = threading.BoundedSemaphore(threads + waiting)
        self._nobodys = ARGON2.hash(secrets.token_bytes(16))

    async def hash(self, password: bytes) -> PasswordHash:
        """Raises Overloaded."""
        return PasswordHash(await self._run("hash", lambda: ARGON2.hash(password)))

    async def verify(self, stored: PasswordHash | None, password: bytes) -> bool:
        """Whether it is the password. Where there is none to compare with, the same work is done in vain, so that
        nobody can tell by the time. Raises Overloaded."""
        matches = await self._run("verify", lambda: _matches(stored or self._nobodys, password))
        return matches and stored is not None

    def close(self) -> None:
        """Forgets what waits; what runs ends within milliseconds."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, what: str, compute: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            REFUSED.inc()
            raise Overloaded
        WAITING.inc()
        future = self._pool.submit(_timed, time.perf_counter(), compute)
        future.add_done_callback(self._leave)  # when it is done or dropped, not when whoever asked has gone away
        CALLS.labels(what).inc()
        return await asyncio.wrap_future(future)

    def _leave(self, _: object) -> None:
        WAITING.dec()
        self._places.release()


def _timed(asked_at: float, compute: Callable[[], T]) -> T:
    WAIT.observe(time.perf_counter() - asked_at)
    return compute()


def _matches(stored: str, password: bytes) -> bool:
    try:
        return ARGON2.verify(stored, password)
    except VerifyMismatchError:
        return False
    except (VerificationError, InvalidHashError):
        return False
