"""What nobody needs any more is deleted, a bounded lot at a time, so that no sweep holds anybody up for long."""

from datetime import timedelta

from shared.db import Database

DELETE_SESSIONS = """
    delete from sessions where token_hash in (
        select token_hash from sessions where created_at < now() - $2::interval limit $1)
"""

DELETE_BROWSERS = """
    delete from known_browsers where (browser_hash, account_id) in (
        select browser_hash, account_id from known_browsers where seen_at < now() - interval '400 days' limit $1)
"""

DELETE_LIMITS = "delete from limits where digest in (select digest from limits where ends_at < now() limit $1)"

DELETE_ANSWERS = """
    delete from idempotency_answers where digest in (
        select digest from idempotency_answers where claimed_at < now() - interval '24 hours' limit $1)
"""

DELETE_IMPORTS = """
    delete from imports where portal in (
        select portal from imports where begun_at < now() - interval '7 days' limit $1)
"""

DELETE_DECOY_EVENTS = "delete from decoy_events where seq in (select seq from decoy_events limit $1)"

DELETE_DECOY_CREDENTIALS = """
    delete from decoy_credentials where account_id in (select account_id from decoy_credentials limit $1)
"""


LOT = 5000  # rows


async def sweep(db: Database, longest_session: timedelta, lot: int = LOT) -> None:
    """Until nothing is left to delete. Raises the first failure, after all other tables were swept."""
    failures: list[Exception] = []
    for statement, *args in (
        (DELETE_SESSIONS, longest_session),
        (DELETE_BROWSERS,),
        (DELETE_LIMITS,),
        (DELETE_ANSWERS,),
        (DELETE_IMPORTS,),
        (DELETE_DECOY_EVENTS,),
        (DELETE_DECOY_CREDENTIALS,),
    ):
        try:
            while await _delete(db, statement, lot, *args) == lot:
                pass
        except Exception as error:  # whatever ails one table, the others must not fill up
            failures.append(error)
    if failures:
        raise failures[0]


async def _delete(db: Database, statement: str, *args: object) -> int:
    """How many rows went."""
    tag = await db.execute(statement, *args)
    return int(tag.removeprefix("DELETE "))
