"""Somebody who is signed in chooses another password."""

from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.chosen_passwords import require_acceptable, words_about
from services.auth.domain.credentials import PasswordHash, opens
from services.auth.domain.errors import (
    AccountNotFound,
    CurrentPasswordWrong,
    NotSignedIn,
    PasswordUnchanged,
)
from services.auth.domain.offered import require_online_change
from services.auth.domain.passwords import as_typed
from services.auth.domain.sessions import RenewedSession, new_token, token_hash
from services.auth.handlers.choose_password import choose_password
from services.auth.handlers.customer_token import customer_token
from services.auth.handlers.show_me import show_me
from services.auth.sql import accounts, credentials, sessions
from shared import audit, faults, limits
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class ChangePassword:
    portal: Portal
    account_id: AccountId
    session: SecretStr | None  # the one that stays; None: a program's token, which ends with all sessions
    current: SecretStr
    new: SecretStr
    client: ClientAddress


async def change_password(deps: Deps, command: ChangePassword) -> RenewedSession | None:
    """The former password stops, and every other session ends. The session that stays has a new token from here on.

    Every try counts until it has succeeded: whoever finds a browser open must not find out the password with it.

    Raises PasswordChangeNotOffered, NotSignedIn, TooManyRequests, PasswordNotAcceptable, CurrentPasswordWrong,
    Overloaded.
    """
    portal, new = command.portal, command.new.get_secret_value()
    require_online_change(portal.policy)
    account = await show_me(deps, portal, command.account_id)
    limit = portal.limits.failed_sign_ins_per_name_and_address
    spent = await limits.spend(deps.db, limit, "password_change", portal.name, str(account.id))
    known = words_about(account.details, account.identifier, portal.title)
    require_acceptable(new, portal.policy.chosen_password_shortest, known)
    if as_typed(new) == as_typed(command.current.get_secret_value()):
        raise PasswordUnchanged
    matched = await _verify(deps, command)
    password_hash = await deps.hasher.hash(as_typed(new))

    fresh = new_token()
    async with deps.db.transaction() as tx:
        account = await _lock_account(tx, command)
        former = await credentials.get_credential(tx, account.id)
        if not opens(former, matched, tx.now):  # replaced since it was verified
            raise CurrentPasswordWrong
        kept = token_hash(command.session) if command.session else b""
        ended_at = await sessions.end_other_sessions(tx, account.id, kept)
        begun = await sessions.renew_session(tx, kept, token_hash(fresh)) if kept else None
        if kept and begun is None:
            raise NotSignedIn
        await choose_password(tx, portal, account, former, password_hash, sessions_ended_at=ended_at)
        who = audit.customer(account.id, command.client)
        await audit.insert_entry(tx, who, "password_changed", portal.name, account_id=account.id)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()
    await limits.give_back(deps.db, spent)
    if begun is None:
        return None
    return RenewedSession(fresh, customer_token(deps, portal, account.id, begun, temporary=False))


async def _verify(deps: Deps, command: ChangePassword) -> PasswordHash:
    """The hash the current password matches. Raises CurrentPasswordWrong, Overloaded."""
    async with deps.db.transaction() as tx:
        credential = await credentials.get_credential(tx, command.account_id)
    current = as_typed(command.current.get_secret_value())
    for candidate in credential.hashes():
        if candidate is not None and await deps.hasher.verify(candidate, current):
            return candidate
    raise CurrentPasswordWrong


async def _lock_account(tx: Transaction, command: ChangePassword) -> Account:
    try:
        account = await accounts.lock_account(tx, command.portal.name, command.account_id)
    except AccountNotFound:
        raise NotSignedIn from None
    if account.closed_at is not None:
        raise NotSignedIn
    return account
