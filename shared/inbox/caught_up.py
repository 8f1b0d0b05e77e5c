"""Whether a consumer has seen all there is: a notifier that was away supersedes first and mails then."""

from datetime import timedelta

from shared.db import Database, Transaction

STALE = timedelta(seconds=3)  # a consumer says so each second; one that has not lately is away, or behind

CAUGHT_UP = """
    select coalesce(bool_and(coalesce(caught_up_at > clock_timestamp() - $2::interval, false)), false)
      from inbox_offsets
     where consumer = $1
"""

SUM_OFFSETS = "select coalesce(sum(next_offset), 0)::bigint from inbox_offsets where consumer = $1"


async def caught_up(db: Database | Transaction, consumer: str, *, within: timedelta = STALE) -> bool:
    """True when every partition stood at its end `within` that time, at most STALE; false while that is not known."""
    return bool(await db.fetchval(CAUGHT_UP, consumer, min(within, STALE)))


async def sum_offsets(db: Database | Transaction, consumer: str) -> int:
    """A number that changes with every batch of the consumer, in the transaction of the batch's effects."""
    return int(await db.fetchval(SUM_OFFSETS, consumer))
