"""The one place where a generated password replaces another: for the customer who asked, and for the desk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.credentials import Credential, PasswordHash, regenerate
from services.auth.sql import credentials, decoys, sessions
from services.auth.sql.decoys import InsertEvents
from shared import faults
from shared.db import Transaction
from shared.events import Event, PasswordRegenerated, SessionsEnded
from shared.ids import new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class Fresh:
    """A generated password and its hash, made before the transaction: no row is locked while Argon2 runs."""

    password: str
    password_hash: PasswordHash


@dataclass(frozen=True, slots=True)
class Books:
    """Where a replacement is written."""

    save_credential: Callable[[Transaction, Credential], Awaitable[None]]
    insert_events: InsertEvents


REAL = Books(credentials.save_credential, decoys.insert_events)
DECOY = Books(decoys.save_decoy_credential, decoys.insert_decoy_events)


async def replace_password(
    tx: Transaction, deps: Deps, portal: Portal, account: Account, fresh: Fresh, books: Books = REAL
) -> None:
    """Under the account's lock (S1.14). Where the former password stops at once, so does whoever came in by it.

    The decoy books are for an account that does not exist: the same work and the same statements, read by nobody.
    """
    policy = portal.policy
    former = await credentials.get_credential(tx, account.id)
    credential = regenerate(former, fresh.password_hash, policy.password, tx.now)
    await books.save_credential(tx, credential)

    event_id, deliver_until = new_id(), tx.now + policy.deliver_within
    sealed = deps.sealer.seal(
        {"password": fresh.password},
        event_id=event_id,
        account_id=account.id,
        generation=credential.generation,
        deliver_until=deliver_until,
    )
    events: list[Event] = [
        PasswordRegenerated(
            account_id=account.id,
            portal=portal.name,
            generation=credential.generation,
            contact_version=account.contact_version,
            deliver_until=deliver_until,
            expires_at=credential.newest and credential.newest.expires_at,
            sealed=sealed,
        )
    ]
    if policy.password.former == "replaced_at_once":
        ended_at = await sessions.end_sessions(tx, account.id)
        if ended_at is None and policy.unknown_name == "neutral":
            ended_at = tx.now  # nobody was signed in; a row less would tell of whom it is true, and of whom it is not
        if ended_at is not None:
            events.append(SessionsEnded(account_id=account.id, portal=portal.name, ended_at=ended_at))
    faults.passing("auth.before_outbox")
    await books.insert_events(tx, events, [event_id, *(new_id() for _ in events[1:])])
    faults.passing("auth.after_outbox")
