"""What of auth's own tables nobody needs any more."""

from datetime import timedelta

from services.auth.domain.staff import ABSOLUTE
from shared import housekeeping
from shared.db import Database
from shared.housekeeping import LOT

DELETE_SESSIONS = """
    delete from sessions where token_hash in (
        select token_hash from sessions where created_at < now() - $2::interval limit $1)
"""

DELETE_STAFF_SESSIONS = """
    delete from staff_sessions where token_hash in (
        select token_hash from staff_sessions where created_at < now() - $2::interval limit $1)
"""

DELETE_STAFF_CODES = """
    delete from staff_codes where code_hash in (select code_hash from staff_codes where expires_at < now() limit $1)
"""

DELETE_BROWSERS = """
    delete from known_browsers where (browser_hash, account_id) in (
        select browser_hash, account_id from known_browsers where seen_at < now() - interval '400 days' limit $1)
"""

DELETE_STAFF_BROWSERS = """
    delete from staff_browsers where (browser_hash, staff_id) in (
        select browser_hash, staff_id from staff_browsers where seen_at < now() - interval '400 days' limit $1)
"""

DELETE_DECOY_EVENTS = "delete from decoy_events where seq in (select seq from decoy_events limit $1)"

DELETE_DECOY_CREDENTIALS = """
    delete from decoy_credentials where account_id in (select account_id from decoy_credentials limit $1)
"""

# Who has not confirmed within a day is forgotten; that there was such a token is known a week longer, for whoever
# follows a link too late is told so.
FORGET_REGISTRATIONS = """
    update registrations set name = '', email = '', email_folded = '' where token_hash in (
        select token_hash from registrations
         where email <> '' and (expires_at < now() or ended_at is not null) limit $1)
"""

DELETE_REGISTRATIONS = """
    delete from registrations where token_hash in (
        select token_hash from registrations where expires_at < now() - interval '7 days' limit $1)
"""

FORGET_ADDRESS_CHANGES = """
    update address_changes set email = '', former_folded = '' where token_hash in (
        select token_hash from address_changes
         where (email <> '' or former_folded <> '') and (expires_at < now() or ended_at is not null) limit $1)
"""

DELETE_ADDRESS_CHANGES = """
    delete from address_changes where token_hash in (
        select token_hash from address_changes where expires_at < now() - interval '7 days' limit $1)
"""

DELETE_RESETS = """
    delete from resets where token_hash in (
        select token_hash from resets where expires_at < now() - interval '7 days' limit $1)
"""

DELETE_DECOY_RESETS = """
    delete from decoy_resets where token_hash in (select token_hash from decoy_resets limit $1)
"""


async def sweep(db: Database, longest_session: timedelta, lot: int = LOT) -> None:
    """Until nothing is left to delete. Raises the first failure, after all other tables were swept."""
    await housekeeping.sweep(
        db,
        (DELETE_SESSIONS, longest_session),
        (DELETE_STAFF_SESSIONS, ABSOLUTE),
        (DELETE_STAFF_CODES,),
        (DELETE_BROWSERS,),
        (DELETE_STAFF_BROWSERS,),
        (FORGET_REGISTRATIONS,),
        (DELETE_REGISTRATIONS,),
        (FORGET_ADDRESS_CHANGES,),
        (DELETE_ADDRESS_CHANGES,),
        (DELETE_RESETS,),
        (DELETE_DECOY_EVENTS,),
        (DELETE_DECOY_CREDENTIALS,),
        (DELETE_DECOY_RESETS,),
        lot=lot,
    )
