"""Where to look for rows of a lane, without passing all that was delivered before.

Deleted rows stay in the table until they are cleaned away, which one old snapshot anywhere in the server prevents. So a
look begins shortly below the newest row taken; rows that committed later than that are found by a look from the floor,
once a second. The floor is exact: no row at or below it exists, and no open transaction can bring one.

None of this decides what is delivered or in which order: it only chooses where to look.
"""

from collections.abc import Sequence

import asyncpg

from shared.outbox.insert import Lane
from shared.outbox.rows import list_waiting, list_writers, newest_seq

TRAIL = 2_000  # how far below the newest row a quick look begins: most late commits are found at once
LOOK_BACK = 1.0  # seconds between two looks from the floor


class Scan:
    """One lane's, of one relay. Begins anew, from the table's start, whenever the shards change."""

    def __init__(self, lane: Lane, limit: int) -> None:
        self.lane = lane
        self._limit = limit
        self.begin_anew()

    def begin_anew(self) -> None:
        self._floor = 0
        self._newest = 0
        self._looked_back_at = float("-inf")
        # A floor to be: valid once these writers have ended and a look from the floor has found nothing below it.
        self._next_floor = 0
        self._writers: frozenset[str] = frozenset()

    async def next(self, connection: asyncpg.Connection, shards: Sequence[int], now: float) -> list[asyncpg.Record]:
        """The next rows to deliver; what this returned before has been deleted meanwhile. `now` is monotonic."""
        if now - self._looked_back_at >= LOOK_BACK:
            self._looked_back_at = now
            return await self._look_back(connection, shards)
        return await self._look(connection, shards, max(self._floor, self._newest - TRAIL))

    async def _look(self, connection: asyncpg.Connection, shards: Sequence[int], after: int) -> list[asyncpg.Record]:
        rows = await list_waiting(connection, self.lane, after=after, shards=shards, limit=self._limit)
        if rows:
            self._newest = max(self._newest, rows[-1]["seq"])
        return rows

    async def _look_back(self, connection: asyncpg.Connection, shards: Sequence[int]) -> list[asyncpg.Record]:
        all_ended = not self._writers & await list_writers(connection)  # before the look: it sees what they committed
        rows = await self._look(connection, shards, self._floor)
        if all_ended:
            complete = len(rows) < self._limit
            self._floor = self._next_floor if complete else min(self._next_floor, rows[-1]["seq"])
            self._next_floor = await newest_seq(
                connection
            )  # before the writers: whoever has a seq by now is among them
            self._writers = await list_writers(connection)
        return rows
