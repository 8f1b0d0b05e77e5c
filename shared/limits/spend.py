"""How often something was tried lately: over an exact sliding window, in all processes, in a statement that commits."""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.db import Database
from shared.limits.errors import TooManyRequests
from shared.portals.durations import Limit

# A refused try changes nothing, so it does not make the wait longer. A hit that lies in the future is none: the clock
# was set back, and nobody is to wait until it has caught up. What another process counted while we waited for the row
# lies between our now() and clock_timestamp().
SPEND = """
    insert into limits as l (digest, hits, ends_at)
    values ($1, array[now()], now() + $3::interval)
        on conflict (digest) do update
       set hits = array(select hit from unnest(l.hits) hit
                         where hit > now() - $3::interval and hit <= clock_timestamp()
                         order by hit) || now(),
           ends_at = now() + $3::interval
     where (select count(*) from unnest(l.hits) hit
             where hit > now() - $3::interval and hit <= clock_timestamp()) < $2::int
    returning now()
"""

FIND_WAIT = """
    select hit + $3::interval - now()
      from limits, unnest(hits) hit
     where digest = $1 and hit <= clock_timestamp()
     order by hit desc
    offset $2::int - 1
     limit 1
"""

GIVE_BACK = "update limits set hits = array_remove(hits, $2) where digest = $1"

SHORTEST_WAIT = timedelta(seconds=1)


class Spent(NamedTuple):
    """One try that was counted, and when."""

    digest: bytes
    at: datetime


async def spend(db: Database, limit: Limit, kind: str, *counted: str) -> Spent:
    """Counts one try of `kind` by what it is `counted` for, such as the portal and the name as submitted.

    Raises TooManyRequests.
    """
    digest = _digest(kind, *counted)
    at: datetime | None = await db.fetchval(SPEND, digest, limit.count, limit.per)
    if at is None:
        wait: timedelta | None = await db.fetchval(FIND_WAIT, digest, limit.count, limit.per)
        raise TooManyRequests(max(wait or SHORTEST_WAIT, SHORTEST_WAIT))
    return Spent(digest, at)


async def give_back(db: Database, spent: Spent) -> None:
    """For limits on what fails: it did not."""
    await db.execute(GIVE_BACK, spent.digest, spent.at)


def _digest(kind: str, *counted: str) -> bytes:
    """Not the name itself: what people type where a name is asked for is at times their password."""
    return hashlib.sha256("\0".join((kind, *counted)).encode()).digest()
