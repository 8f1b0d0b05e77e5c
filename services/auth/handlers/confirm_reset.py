"""Whoever reads the mail chooses a new password with the token it brought."""

from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.chosen_passwords import require_acceptable, words_about
from services.auth.domain.mailed_tokens import mailed_token_hash
from services.auth.domain.passwords import as_typed
from services.auth.handlers.choose_password import choose_password
from services.auth.sql import accounts, credentials, resets, sessions
from shared import audit, faults, limits
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.idempotency import Once, keep_result
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class ConfirmReset:
    portal: Portal
    token: SecretStr
    password: SecretStr
    client: ClientAddress


async def confirm_reset(deps: Deps, command: ConfirmReset, once: Once[None] | None = None) -> None:
    """Ends every session, and every other link of the account. A password that is refused leaves the token as it was.

    Raises TokenNotRecognised, TokenUsed, TokenExpired, TooManyRequests, PasswordNotAcceptable, Overloaded.
    """
    portal, token_hash = command.portal, mailed_token_hash(command.token)
    password = command.password.get_secret_value()
    async with deps.db.transaction() as tx:
        account = await _lock_account(tx, portal, token_hash)
    limit = portal.limits.failed_sign_ins_per_name_and_address
    spent = await limits.spend(deps.db, limit, "confirmation", portal.name, str(account.id))
    known = words_about(account.details, account.identifier, portal.title)
    require_acceptable(password, portal.policy.chosen_password_shortest, known)
    password_hash = await deps.hasher.hash(as_typed(password))  # between two transactions: no lock waits for it

    async with deps.db.transaction() as tx:
        account = await _lock_account(tx, portal, token_hash)
        former = await credentials.get_credential(tx, account.id)
        ended_at = await sessions.end_sessions(tx, account.id)
        await choose_password(tx, portal, account, former, password_hash, sessions_ended_at=ended_at)
        who = audit.customer(account.id, command.client)
        await audit.insert_entry(tx, who, "password_reset", portal.name, account_id=account.id)
        await keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()
    await limits.give_back(deps.db, spent)


async def _lock_account(tx: Transaction, portal: Portal, token_hash: bytes) -> Account:
    """The account the link is for. The link is read again under the lock, as whoever held it before us left it."""
    found = await resets.get_reset(tx, portal.name, token_hash)
    account = await accounts.lock_account(tx, portal.name, found.account_id)
    reset = await resets.get_reset(tx, portal.name, token_hash)
    reset.require_open(account, tx.now)
    return account
