"""Whether a consumer has seen all there is: a notifier that was away supersedes first and mails then."""

from shared.db import Database, Transaction

CAUGHT_UP = """
    select coalesce(bool_and(coalesce(caught_up_at > clock_timestamp() - interval '3 seconds', false)), false)
      from inbox_offsets
     where consumer = $1
"""


async def caught_up(db: Database | Transaction, consumer: str) -> bool:
    """True when every partition stood at its end within the last 3 s; false while that is not known."""
    return bool(await db.fetchval(CAUGHT_UP, consumer))
