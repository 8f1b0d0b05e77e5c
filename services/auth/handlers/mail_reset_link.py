"""The one place where a link to choose a password is made: for the customer who asked, and for the desk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.mailed_tokens import RESET_LASTS, mailed_token_hash, new_mailed_token
from services.auth.domain.names import folded
from services.auth.domain.resets import Reset
from services.auth.sql import decoys, resets
from services.auth.sql.decoys import InsertEvents
from shared import faults
from shared.db import Transaction
from shared.events import ResetRequested
from shared.ids import new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class Books:
    """Where a link is written."""

    insert_reset: Callable[[Transaction, Reset], Awaitable[None]]
    insert_events: InsertEvents


REAL = Books(resets.insert_reset, decoys.insert_events)
DECOY = Books(resets.insert_decoy_reset, decoys.insert_decoy_events)


async def mail_reset_link(tx: Transaction, deps: Deps, portal: Portal, account: Account, books: Books = REAL) -> None:
    """Under the account's lock. Nothing changes until the link is used, so asking for one locks nobody out.

    The decoy books are for an account that does not exist: the same work and the same statements, read by nobody.
    """
    token = new_mailed_token()
    reset = Reset(mailed_token_hash(token), account.id, folded(account.details.email), tx.now + RESET_LASTS)
    await books.insert_reset(tx, reset)

    event_id, deliver_until = new_id(), tx.now + min(portal.policy.deliver_within, RESET_LASTS)
    sealed = deps.sealer.seal(
        {"token": token.get_secret_value()},
        event_id=event_id,
        account_id=account.id,
        generation=None,
        deliver_until=deliver_until,
    )
    event = ResetRequested(
        account_id=account.id,
        portal=portal.name,
        contact_version=account.contact_version,
        deliver_until=deliver_until,
        sealed=sealed,
    )
    faults.passing("auth.before_outbox")
    await books.insert_events(tx, [event], [event_id])
    faults.passing("auth.after_outbox")
