"""What nobody needs any more is deleted, a bounded lot at a time, so that no sweep holds anybody up."""

from datetime import timedelta

from shared.db import Database

DELETE_SESSIONS = """
    delete from sessions where token_hash in (
        select token_hash from sessions where created_at < now() - $1::interval limit 5000)
"""

DELETE_BROWSERS = """
    delete from known_browsers where (browser_hash, account_id) in (
        select browser_hash, account_id from known_browsers where seen_at < now() - interval '400 days' limit 5000)
"""

DELETE_LIMITS = "delete from limits where digest in (select digest from limits where ends_at < now() limit 5000)"

DELETE_ANSWERS = """
    delete from idempotency_answers where digest in (
        select digest from idempotency_answers where claimed_at < now() - interval '24 hours' limit 5000)
"""

DELETE_IMPORTS = "delete from imports where begun_at < now() - interval '7 days'"

DELETE_DECOY_EVENTS = "delete from decoy_events where seq in (select seq from decoy_events limit 5000)"

DELETE_DECOY_CREDENTIALS = """
    delete from decoy_credentials where account_id in (select account_id from decoy_credentials limit 5000)
"""


async def sweep(db: Database, longest_session: timedelta) -> None:
    await db.execute(DELETE_SESSIONS, longest_session)
    for statement in (
        DELETE_BROWSERS,
        DELETE_LIMITS,
        DELETE_ANSWERS,
        DELETE_IMPORTS,
        DELETE_DECOY_EVENTS,
        DELETE_DECOY_CREDENTIALS,
    ):
        await db.execute(statement)
