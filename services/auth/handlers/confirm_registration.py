"""Whoever reads the mail opens the account with the token it brought, and chooses its password."""

from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.chosen_passwords import require_acceptable, words_about
from services.auth.domain.credentials import choose, none_yet
from services.auth.domain.errors import AlreadyRegistered
from services.auth.domain.mailed_tokens import mailed_token_hash
from services.auth.domain.names import SubmittedName
from services.auth.domain.offered import require_registration
from services.auth.domain.passwords import as_typed
from services.auth.domain.registrations import Registration
from services.auth.handlers.add_account import add_account
from services.auth.sql import accounts, credentials, mailboxes, names, registrations
from shared import audit, faults, limits
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.idempotency import Once, keep_result
from shared.portals import Portal
from shared.versions import next_version


@dataclass(frozen=True, slots=True)
class ConfirmRegistration:
    portal: Portal
    token: SecretStr
    password: SecretStr
    client: ClientAddress


async def confirm_registration(deps: Deps, command: ConfirmRegistration, once: Once[Account] | None = None) -> Account:
    """Of several tokens for one address the first that is used ends the others. A password that is refused leaves the
    token as it was.

    Raises RegistrationNotOffered, TokenNotRecognised, TokenUsed, TokenExpired, AlreadyRegistered,
    TooManyRequests, PasswordNotAcceptable, Overloaded.
    """
    portal, token_hash = command.portal, mailed_token_hash(command.token)
    require_registration(portal.policy)
    password = command.password.get_secret_value()
    async with deps.db.transaction() as tx:
        asked = await _lock_registration(tx, portal, token_hash)
    limit = portal.limits.failed_sign_ins_per_name_and_address
    spent = await limits.spend(deps.db, limit, "confirmation", portal.name, str(asked.account_id))
    require_acceptable(password, portal.policy.chosen_password_shortest, words_about(asked.details, portal.title))
    password_hash = await deps.hasher.hash(as_typed(password))  # between two transactions: no lock waits for it

    async with deps.db.transaction() as tx:
        await mailboxes.hold_flags(tx, portal.name)  # before the name and the accounts
        asked = await _lock_registration(tx, portal, token_hash)
        new = Account(
            id=asked.account_id,
            portal=portal.name,
            identifier="",
            details=asked.details,
            contact_version=next_version(0, tx.now),
            opened_at=tx.now,
        )
        account = await add_account(tx, portal, new, by="customer")
        await credentials.save_credential(tx, choose(none_yet(account.id), password_hash, tx.now))
        await registrations.end_registrations(tx, portal.name, account.details.email)
        who = audit.customer(account.id, command.client)
        await audit.insert_entry(tx, who, "account_opened", portal.name, account_id=account.id)
        await keep_result(tx, once, account)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()
    await limits.give_back(deps.db, spent)
    return account


async def _lock_registration(tx: Transaction, portal: Portal, token_hash: bytes) -> Registration:
    """Read again once it is our turn for the address, as whoever was before us left it."""
    found = await registrations.get_registration(tx, portal.name, token_hash)
    name = SubmittedName("email", found.details.email)
    await names.lock_name(tx, portal.name, name)
    asked = await registrations.get_registration(tx, portal.name, token_hash)
    asked.require_open(tx.now)
    if await accounts.lock_accounts_at(tx, portal.name, name):
        raise AlreadyRegistered
    return asked
