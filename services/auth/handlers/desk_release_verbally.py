"""The desk says a fresh password on the telephone, to whom it is shown once, and nowhere else (S2.7, B3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.credentials import Credential, PasswordHash, release
from services.auth.domain.errors import AccountIsClosed
from services.auth.domain.offered import require_verbal_release
from services.auth.domain.passwords import as_typed, generate_password
from services.auth.domain.verbal_releases import require_checks
from services.auth.sql import accounts, credentials, resets, sessions
from shared import audit, idempotency, limits, outbox
from shared.db import Transaction
from shared.errors import DomainError
from shared.events import Event, PasswordReleasedVerbally, SessionsEnded
from shared.idempotency import Once
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class ReleaseVerbally:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId
    checks: Sequence[str]  # the portal's names of what was asked of the person, and was right


class Released(NamedTuple):
    """To be said to the person, and used by `use_until`."""

    password: SecretStr
    use_until: datetime


async def release_verbally(deps: Deps, command: ReleaseVerbally, once: Once[Released] | None = None) -> Released:
    """Whether the mailbox is shared, or there is none, does not matter: it is what this is for.

    Raises VerbalReleaseNotOffered, DetailsNotAcceptable, ChecksIncomplete, TooManyRequests, AccountNotFound,
    AccountIsClosed, Overloaded; what was refused is written down too.
    """
    try:
        released = await _release(deps, command, once)
    except DomainError as refusal:
        who, whose, said = command.actor, command.account_id, {"code": refusal.code}
        await audit.insert_entry(
            deps.db, who, "verbal_release_refused", command.portal.name, account_id=whose, details=said
        )
        raise
    deps.doorbell.ring()
    return released


async def _release(deps: Deps, command: ReleaseVerbally, once: Once[Released] | None) -> Released:
    """A try that fails is none of the account's few."""
    portal, account_id = command.portal, command.account_id
    policy = require_verbal_release(portal.policy)
    require_checks(policy, command.checks)
    limit = portal.limits.verbal_releases_per_account
    spent = await limits.spend(deps.db, limit, "verbal_release", portal.name, str(account_id))
    try:
        password = generate_password(portal.policy.password.length)
        password_hash = await deps.hasher.hash(as_typed(password))  # before the transaction: no lock waits for it
        async with deps.db.transaction() as tx:
            released = Released(SecretStr(password), tx.now + policy.use_within)
            credential = await _replace(tx, portal, account_id, password_hash, released.use_until)
            said = {"checks": sorted(set(command.checks)), "generation": credential.generation}
            await audit.insert_entry(
                tx, command.actor, "password_released_verbally", portal.name, account_id=account_id, details=said
            )
            await idempotency.keep_result(tx, once, released)
    except DomainError:
        await limits.give_back(deps.db, spent)
        raise
    return released


async def _replace(
    tx: Transaction, portal: Portal, account_id: AccountId, password_hash: PasswordHash, use_until: datetime
) -> Credential:
    """Nothing that was mailed opens the account any more, nor what opened it before; and nobody is in it."""
    account = await accounts.lock_account(tx, portal.name, account_id)
    if account.closed_at is not None:
        raise AccountIsClosed
    former = await credentials.get_credential(tx, account.id)
    credential = release(former, password_hash, use_until=use_until, temporary=portal.policy.online_change, now=tx.now)
    await credentials.save_credential(tx, credential)
    await resets.end_resets(tx, [account.id])
    ended_at = await sessions.end_sessions(tx, account.id)
    events: list[Event] = [_told(tx, portal, account, credential, use_until)]
    if ended_at is not None:
        events.append(SessionsEnded(account_id=account.id, portal=portal.name, ended_at=ended_at))
    await outbox.insert_all(tx, events)
    return credential


def _told(
    tx: Transaction, portal: Portal, account: Account, credential: Credential, use_until: datetime
) -> PasswordReleasedVerbally:
    """Without an address there is nobody to tell; whether it is the person's alone, the notifier looks at sending."""
    return PasswordReleasedVerbally(
        account_id=account.id,
        portal=portal.name,
        generation=credential.generation,
        contact_version=account.contact_version,
        deliver_until=tx.now + portal.policy.tell_within if account.details.email else None,
        released_at=tx.now,
        use_until=use_until,
    )
