"""The desk has a new password mailed to a customer, or a link to choose one; nobody at the desk sees it."""

from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.errors import AccountIsClosed, AddressMissing, MailboxShared
from services.auth.domain.passwords import as_typed, generate_password
from services.auth.handlers.mail_reset_link import mail_reset_link
from services.auth.handlers.replace_password import Fresh, replace_password
from services.auth.sql import accounts
from shared import audit, idempotency
from shared.db import Transaction
from shared.idempotency import Once
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RequestActivation:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId


async def request_activation(deps: Deps, command: RequestActivation, once: Once[None] | None = None) -> None:
    """What is refused is audited too.

    Raises AccountNotFound, AccountIsClosed, AddressMissing, MailboxShared, Overloaded.
    """
    portal, actor = command.portal, command.actor
    fresh = await _generate(deps, portal)

    async with deps.db.transaction() as tx:
        account = await accounts.lock_account(tx, portal.name, command.account_id)
        refusal = _refusal(account)
        if refusal is None:
            await _mail(tx, deps, portal, account, fresh)
            await audit.insert_entry(tx, actor, "activation_requested", portal.name, account_id=account.id)
            await idempotency.keep_result(tx, once, None)
        else:
            why = {"code": refusal.code}
            await audit.insert_entry(tx, actor, "activation_refused", portal.name, account_id=account.id, details=why)
    if refusal is not None:
        raise refusal
    deps.doorbell.ring()


async def _mail(tx: Transaction, deps: Deps, portal: Portal, account: Account, fresh: Fresh | None) -> None:
    if fresh is None:
        await mail_reset_link(tx, deps, portal, account)
    else:
        await replace_password(tx, deps, portal, account, fresh)


def _refusal(account: Account) -> AccountIsClosed | AddressMissing | MailboxShared | None:
    if account.closed_at is not None:
        return AccountIsClosed()
    if account.details.email == "":
        return AddressMissing()
    return MailboxShared() if account.mailbox_shared else None


async def _generate(deps: Deps, portal: Portal) -> Fresh | None:
    """None where people choose their passwords."""
    if portal.policy.activation == "reset_link":
        return None
    password = generate_password(portal.policy.password.length)
    return Fresh(password, await deps.hasher.hash(as_typed(password)))
