"""Before sending, see all there is: a notifier that was away supersedes first and mails then (S1.15)."""

import time
from dataclasses import dataclass
from datetime import timedelta

from services.notifier.deps import CONSUMER
from shared.db import Database
from shared.inbox.caught_up import STALE, caught_up, sum_offsets

GOOD_FOR = 0.5  # seconds a look holds


@dataclass(slots=True)
class Behind:
    """Since the consumer was found behind. Its return from a silence (Kafka was away) begins our patience anew: what
    an outage used up is missing just when there is a backlog.

    Only the first return, and those after our patience had ended: a consumer that reads in fits and starts must not
    keep mails back for ever.
    """

    since: float
    offsets: int
    moved_at: float
    may_begin_anew: bool = True

    def longer_than(self, patience: float, offsets: int, now: float) -> bool:
        if offsets != self.offsets:
            if self.may_begin_anew and now - self.moved_at > STALE.total_seconds():
                self.since, self.may_begin_anew = now, False
            self.offsets, self.moved_at = offsets, now
        ended = now - self.since >= patience
        self.may_begin_anew |= ended
        return ended


class CatchUp:
    """Bounded: with Kafka away, or under a load without end, mails leave all the same."""

    def __init__(self, db: Database, patience: float) -> None:
        self._db, self._patience = db, patience
        self._begun = time.monotonic()
        self._good_until = 0.0
        self._behind: Behind | None = None

    async def done(self) -> bool:
        """Whether the consumer has caught up, or has been behind for longer than our patience."""
        now = time.monotonic()
        if now < self._good_until:
            return True
        # What a process before this one had seen says nothing of what came while neither was there.
        if await caught_up(self._db, CONSUMER, within=timedelta(seconds=now - self._begun)):
            self._good_until, self._behind = now + GOOD_FOR, None
            return True
        offsets = await sum_offsets(self._db, CONSUMER)
        self._behind = self._behind or Behind(since=now, offsets=offsets, moved_at=now)
        return self._behind.longer_than(self._patience, offsets, now)
