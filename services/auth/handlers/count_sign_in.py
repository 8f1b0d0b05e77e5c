"""A try to sign in is counted, of customers and of whoever works at the desk, until it has succeeded."""

from collections.abc import Sequence

from services.auth.sql.sessions import Browser
from shared import limits
from shared.db import Database
from shared.limits import Spent, Try


async def count_sign_in(db: Database, browser: Browser, here: Try, everywhere: Try) -> Sequence[Spent]:
    """By name and address first, so that a stranger's failures keep out only the stranger; then by name over all
    addresses, from which a browser that signed in before is exempt (S1.17). Raises TooManyRequests."""
    if browser.at_home:
        return [await limits.spend(db, here.limit, here.kind, *here.counted)]
    return await limits.spend_both(db, here, everywhere)
