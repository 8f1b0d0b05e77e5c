"""Before sending, see all there is: a notifier that was away supersedes first and mails then (S1.15)."""

import time
from datetime import timedelta

from services.notifier.deps import CONSUMER
from shared.db import Database
from shared.inbox import caught_up

GOOD_FOR = 0.5  # seconds a look holds


class CatchUp:
    """Bounded: with Kafka away, or under a load without end, mails leave all the same."""

    def __init__(self, db: Database, patience: float) -> None:
        self._db, self._patience = db, patience
        self._begun = time.monotonic()
        self._good_until = 0.0
        self._behind_since: float | None = None

    async def done(self) -> bool:
        """Whether the consumer has caught up, or has been behind for longer than our patience."""
        now = time.monotonic()
        if now < self._good_until:
            return True
        # What a process before this one had seen says nothing of what came while neither was there.
        if await caught_up(self._db, CONSUMER, within=timedelta(seconds=now - self._begun)):
            self._good_until, self._behind_since = now + GOOD_FOR, None
            return True
        if self._behind_since is None:
            self._behind_since = now
        return now - self._behind_since >= self._patience
