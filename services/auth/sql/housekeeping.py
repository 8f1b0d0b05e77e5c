"""What of auth's own tables nobody needs any more."""

from datetime import timedelta

from shared import housekeeping
from shared.db import Database
from shared.housekeeping import LOT

DELETE_SESSIONS = """
    delete from sessions where token_hash in (
        select token_hash from sessions where created_at < now() - $2::interval limit $1)
"""

DELETE_BROWSERS = """
    delete from known_browsers where (browser_hash, account_id) in (
        select browser_hash, account_id from known_browsers where seen_at < now() - interval '400 days' limit $1)
"""

DELETE_DECOY_EVENTS = "delete from decoy_events where seq in (select seq from decoy_events limit $1)"

DELETE_DECOY_CREDENTIALS = """
    delete from decoy_credentials where account_id in (select account_id from decoy_credentials limit $1)
"""


async def sweep(db: Database, longest_session: timedelta, lot: int = LOT) -> None:
    """Until nothing is left to delete. Raises the first failure, after all other tables were swept."""
    own = ((DELETE_SESSIONS, longest_session), (DELETE_BROWSERS,), (DELETE_DECOY_EVENTS,), (DELETE_DECOY_CREDENTIALS,))
    await housekeeping.sweep(db, *own, lot=lot)
