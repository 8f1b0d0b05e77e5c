"""Whoever reads the mail at the new address makes it the account's with the token it brought (B12)."""

from dataclasses import dataclass, replace

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.address_changes import AddressChange
from services.auth.domain.errors import AddressTaken
from services.auth.domain.mailed_tokens import mailed_token_hash
from services.auth.domain.names import SubmittedName, folded
from services.auth.domain.offered import require_own_change
from services.auth.handlers.change_contacts import change_details
from services.auth.sql import accounts, address_changes, credentials, mailboxes, names
from shared import audit, faults
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.idempotency import Once, keep_result
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class ConfirmAddress:
    portal: Portal
    token: SecretStr
    client: ClientAddress


async def confirm_address(deps: Deps, command: ConfirmAddress, once: Once[None] | None = None) -> None:
    """The former address is told; passwords and links on their way to it end.

    Raises ChangeNotOffered, TokenNotRecognised, TokenUsed, TokenExpired, AddressTaken.
    """
    portal, token_hash = command.portal, mailed_token_hash(command.token)
    require_own_change(portal.policy, "address")
    async with deps.db.transaction() as tx:
        account, change = await _lock(tx, portal, token_hash)
        details = replace(account.details, email=change.email)
        await change_details(tx, deps.sealer, portal, account, details)
        await address_changes.end_address_changes(tx, account.id)
        who = audit.customer(account.id, command.client)
        await audit.insert_entry(tx, who, "address_changed", portal.name, account_id=account.id)
        await keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()


async def _lock(tx: Transaction, portal: Portal, token_hash: bytes) -> tuple[Account, AddressChange]:
    """The account, and what is confirmed for it, read again once it is our turn for that address and for the account.

    Where people sign in by their addresses, none may come to be two people's.
    """
    found = await address_changes.get_address_change(tx, portal.name, token_hash)
    await mailboxes.hold_flags(tx, portal.name)
    name = SubmittedName("email", found.email)
    await names.lock_name(tx, portal.name, name)
    there = await accounts.lock_with_neighbours(tx, portal.name, [found.account_id], [folded(found.email)])
    (account,) = (one for one in there if one.id == found.account_id)
    change = await address_changes.get_address_change(tx, portal.name, token_hash)
    change.require_open(account, await credentials.get_credential(tx, account.id), tx.now)
    others = [one for one in there if one is not account and one.closed_at is None]
    if others and "email" in portal.policy.sign_in_names:
        raise AddressTaken
    return account, change
