"""The desk closes an account, because an employee leaves, and opens it again (B11)."""

from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, close, reopen
from services.auth.handlers.end_under_way import end_under_way
from services.auth.sql import accounts, sessions
from shared import audit, idempotency, outbox
from shared.db import Transaction
from shared.events import AccountClosed, AccountReopened, Event, SessionsEnded
from shared.idempotency import Once
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class CloseAccount:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ReopenAccount:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId


async def close_account(deps: Deps, command: CloseAccount, once: Once[Account] | None = None) -> Account:
    """Raises AccountNotFound."""
    async with deps.db.transaction() as tx:
        closed = await close_in(tx, command)
        await idempotency.keep_result(tx, once, closed)
    deps.doorbell.ring()
    return closed


async def reopen_account(deps: Deps, command: ReopenAccount, once: Once[Account] | None = None) -> Account:
    """Raises AccountNotFound."""
    async with deps.db.transaction() as tx:
        reopened = await reopen_in(tx, command)
        await idempotency.keep_result(tx, once, reopened)
    deps.doorbell.ring()
    return reopened


async def close_in(tx: Transaction, command: CloseAccount) -> Account:
    """It signs nobody in and gets no mail from now on, not even those that wait; everybody in it is signed out. Closed
    twice is closed once. Raises AccountNotFound.
    """
    account = await accounts.lock_account(tx, command.portal.name, command.account_id)
    closed = close(account, tx.now)
    if closed is not account:
        await accounts.save_account(tx, closed)
        await outbox.insert_all(tx, await _shut_out(tx, closed))
    await _write_down(tx, command.actor, "account_closed", closed, changed=closed is not account)
    return closed


async def reopen_in(tx: Transaction, command: ReopenAccount) -> Account:
    """The password its owner chose or had used opens it again; who had only one that was mailed and never used needs
    another. Raises AccountNotFound.
    """
    account = await accounts.lock_account(tx, command.portal.name, command.account_id)
    reopened = reopen(account, tx.now)
    if reopened is not account:
        await accounts.save_account(tx, reopened)
        at = reopened.reopened_at or tx.now
        await outbox.insert(tx, AccountReopened(account_id=account.id, portal=account.portal, reopened_at=at))
    await _write_down(tx, command.actor, "account_reopened", reopened, changed=reopened is not account)
    return reopened


async def _shut_out(tx: Transaction, closed: Account) -> list[Event]:
    generations = await end_under_way(tx, [closed.id])
    ended_at = await sessions.end_sessions(tx, closed.id)
    closed_fact = AccountClosed(
        account_id=closed.id,
        portal=closed.portal,
        closed_at=closed.closed_at or tx.now,
        generation=generations.get(closed.id, 0),
    )
    events: list[Event] = [closed_fact]
    if ended_at is not None:
        events.append(SessionsEnded(account_id=closed.id, portal=closed.portal, ended_at=ended_at))
    return events


async def _write_down(
    tx: Transaction, actor: audit.Actor, action: audit.Action, account: Account, *, changed: bool
) -> None:
    details = {} if changed else {"changed": False}
    await audit.insert_entry(tx, actor, action, account.portal, account_id=account.id, details=details)
