"""Libraries that say the same of every request that fails: once a minute tells an operator as much."""

import logging
import time
from collections.abc import Callable

APART = 60.0  # seconds between two records of the same kind


class OncePerMinute(logging.Filter):
    """Of each sentence of the libraries named, whatever it is filled in with; all others pass.

    aiokafka writes dozens of lines a second while no broker answers; that Kafka is away is said by the roles that need
    it, and in the health report. A filter of handlers: a logger's own does not see what its children write.
    """

    def __init__(self, *libraries: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._libraries = frozenset(libraries)
        self._clock = clock
        self._said_at: dict[tuple[str, int, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in self._libraries:
            return True
        kind, now = (record.name, record.levelno, str(record.msg)), self._clock()
        if now - self._said_at.get(kind, -APART) < APART:
            return False
        self._said_at[kind] = now
        return True
