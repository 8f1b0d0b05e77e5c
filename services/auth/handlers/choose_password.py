"""The one place where a password somebody chose takes the place of what opened the account before."""

from datetime import datetime

from services.auth.domain.accounts import Account
from services.auth.domain.credentials import Credential, PasswordHash, choose
from services.auth.sql import credentials, resets
from shared import faults, outbox
from shared.db import Transaction
from shared.events import Event, PasswordChanged, SessionsEnded
from shared.portals import Portal


async def choose_password(
    tx: Transaction,
    portal: Portal,
    account: Account,
    former: Credential,
    password_hash: PasswordHash,
    *,
    sessions_ended_at: datetime | None,
) -> None:
    """Under the account's lock. The person is told; links that are still under way lead nowhere any more."""
    chosen = choose(former, password_hash, tx.now)
    await credentials.save_credential(tx, chosen)
    await resets.end_resets(tx, [account.id])
    events: list[Event] = [
        PasswordChanged(
            account_id=account.id,
            portal=portal.name,
            generation=chosen.generation,
            contact_version=account.contact_version,
            deliver_until=tx.now + portal.policy.tell_within,
            changed_at=tx.now,
        )
    ]
    if sessions_ended_at is not None:
        events.append(SessionsEnded(account_id=account.id, portal=portal.name, ended_at=sessions_ended_at))
    faults.passing("auth.before_outbox")
    await outbox.insert_all(tx, events)
    faults.passing("auth.after_outbox")
