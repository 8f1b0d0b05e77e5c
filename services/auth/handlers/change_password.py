"""Somebody who is signed in chooses another password."""

from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.chosen_passwords import require_acceptable, words_about
from services.auth.domain.credentials import opens
from services.auth.domain.errors import (
    CurrentPasswordWrong,
    NotSignedIn,
    PasswordUnchanged,
)
from services.auth.domain.offered import require_online_change
from services.auth.domain.passwords import as_typed
from services.auth.domain.sessions import RenewedSession, new_token, token_hash
from services.auth.handlers.choose_password import choose_password
from services.auth.handlers.customer_token import customer_token
from services.auth.handlers.lock_member import lock_member
from services.auth.handlers.show_me import show_me
from services.auth.handlers.verify_current import count_showing, verify_current
from services.auth.sql import credentials, sessions
from shared import audit, faults, limits
from shared.clients import ClientAddress
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

    Raises PasswordChangeNotOffered, NotSignedIn, TooManyRequests, PasswordNotAcceptable, CurrentPasswordWrong,
    Overloaded.
    """
    portal, new = command.portal, command.new.get_secret_value()
    require_online_change(portal.policy)
    account = await show_me(deps, portal, command.account_id)
    spent = await count_showing(deps, portal, account.id)
    known = words_about(account.details, account.identifier, portal.title)
    require_acceptable(new, portal.policy.chosen_password_shortest, known)
    if as_typed(new) == as_typed(command.current.get_secret_value()):
        raise PasswordUnchanged
    matched = await verify_current(deps, account.id, command.current)
    password_hash = await deps.hasher.hash(as_typed(new))

    fresh = new_token()
    async with deps.db.transaction() as tx:
        account = await lock_member(tx, portal, command.account_id)
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
