"""How often something was tried lately: over an exact sliding window, in all processes, in a statement that commits."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.db import Database, Transaction
from shared.limits.errors import TooManyRequests
from shared.portals.durations import Limit

# A refused try changes nothing, so it does not make the wait longer. A hit that lies in the future is none: the clock
# was set back, and nobody is to wait until it has caught up. What another process counted while we waited for the row
# lies between our now() and clock_timestamp().
_SPEND = """
    insert into limits as l (digest, hits, ends_at)
    select {digest}, array[now()], now() + {per}::interval {unless}
        on conflict (digest) do update
       set hits = array(select hit from unnest(l.hits) hit
                         where hit > now() - {per}::interval and hit <= clock_timestamp()
                         order by hit) || now(),
           ends_at = now() + {per}::interval
     where (select count(*) from unnest(l.hits) hit
             where hit > now() - {per}::interval and hit <= clock_timestamp()) < {count}::int
    returning now()
"""

SPEND = _SPEND.format(digest="$1::bytea", count="$2", per="$3", unless="")

# The second insert reads what the first returned: nothing where that refused, and never before it.
SPEND_BOTH = f"""
      with first as ({SPEND}),
           second as ({_SPEND.format(digest="$4::bytea", count="$5", per="$6", unless="from first")})
    select (select now from first) as first, (select now from second) as second
"""  # noqa: S608 - of constants

FIND_WAIT = """
    select hit + $3::interval - now()
      from limits, unnest(hits) hit
     where digest = $1 and hit <= clock_timestamp()
     order by hit desc
    offset $2::int - 1
     limit 1
"""

GIVE_BACK = "update limits set hits = array_remove(hits, $2) where digest = $1"

# In the order in which both were spent: two of one name must not wait for each other.
GIVE_BOTH_BACK = f"""
    with first as ({GIVE_BACK} returning digest)
    update limits set hits = array_remove(hits, $4) where digest = $3 and exists (select from first)
"""  # noqa: S608

SHORTEST_WAIT = timedelta(seconds=1)


class Try(NamedTuple):
    """Something that is counted: of which `kind`, and by what, such as the portal and the name as submitted."""

    limit: Limit
    kind: str
    counted: Sequence[str]

    @property
    def digest(self) -> bytes:
        """Not the name itself: what people type where a name is asked for is at times their password."""
        return hashlib.sha256("\0".join((self.kind, *self.counted)).encode()).digest()


class Spent(NamedTuple):
    """One try that was counted, and when."""

    digest: bytes
    at: datetime


async def spend(db: Database, limit: Limit, kind: str, *counted: str) -> Spent:
    """Counts one try. Raises TooManyRequests."""
    one = Try(limit, kind, counted)
    at: datetime | None = await db.fetchval(SPEND, *_values(one))
    return await _spent(db, one, at)


async def spend_both(db: Database, first: Try, second: Try) -> list[Spent]:
    """In one statement, one after the other: where the first one's limit refuses, the second one is not counted.

    Raises TooManyRequests.
    """
    ((first_at, second_at),) = await db.fetch(SPEND_BOTH, *_values(first), *_values(second))
    return [await _spent(db, first, first_at), await _spent(db, second, second_at)]


async def give_back(db: Database | Transaction, *spent: Spent) -> None:
    """For limits on what fails: it did not. One, or what was spent together.

    In a transaction after every other lock: nobody who holds a limit's row waits for anything but the next one.
    """
    match spent:
        case [one]:
            await db.execute(GIVE_BACK, *one)
        case [first, second]:
            await db.execute(GIVE_BOTH_BACK, *first, *second)


async def _spent(db: Database, tried: Try, at: datetime | None) -> Spent:
    if at is None:
        wait: timedelta | None = await db.fetchval(FIND_WAIT, *_values(tried))
        raise TooManyRequests(max(wait or SHORTEST_WAIT, SHORTEST_WAIT))
    return Spent(tried.digest, at)


def _values(tried: Try) -> tuple[bytes, int, timedelta]:
    return tried.digest, tried.limit.count, tried.limit.per
