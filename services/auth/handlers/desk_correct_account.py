"""The desk corrects what the customer file says of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details, correct
from services.auth.domain.details import acceptable
from services.auth.domain.errors import AccountNotFound, AddressMissing
from services.auth.handlers.change_contacts import Change, change_contacts, change_details
from services.auth.handlers.desk_flag_mailbox import say_at_desk
from services.auth.sql import accounts, mailboxes
from shared import audit
from shared.db import Transaction
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class CorrectAccount:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId
    changes: Mapping[str, Any]  # fields of Details, and mailbox_shared, said of the address; what is absent stays

    def corrected(self, account: Account) -> Details:
        """Raises DetailsNotAcceptable."""
        given = {name: value for name, value in self.changes.items() if name != "mailbox_shared"}
        return acceptable(replace(account.details, **given), self.portal.services)


async def correct_account(deps: Deps, command: CorrectAccount) -> Account:
    """A changed contact is published under a new version: mails go to no older one. Where the address is another one,
    passwords and links on their way to the former one end, and it is told. The identifier never changes.

    Raises AccountNotFound, DetailsNotAcceptable; AddressMissing where no address could be shared.
    """
    portal = command.portal
    async with deps.db.transaction() as tx:
        if "mailbox_shared" in command.changes:
            corrected = await _correct_and_flag(tx, deps, command, shared=command.changes["mailbox_shared"])
        else:
            await mailboxes.hold_flags(tx, portal.name)
            account = await accounts.lock_account(tx, portal.name, command.account_id)
            corrected = await change_details(tx, deps.sealer, portal, account, command.corrected(account))
        await audit.insert_entry(
            tx,
            command.actor,
            "account_corrected",
            portal.name,
            account_id=command.account_id,
            details={"fields": sorted(command.changes)},
        )
    deps.doorbell.ring()
    return corrected


async def _correct_and_flag(tx: Transaction, deps: Deps, command: CorrectAccount, *, shared: bool) -> Account:
    """The account, and all that have the address it then has."""
    portal = command.portal
    await mailboxes.hold_flags_alone(tx, portal.name)
    found = await accounts.find_account(tx, portal.name, command.account_id)  # its address changes no more from here on
    if found is None:
        raise AccountNotFound
    address = replace(found, details=command.corrected(found)).address
    if shared and not address:
        raise AddressMissing
    if address:
        await say_at_desk(tx, portal, address, shared=shared)
    locked = await accounts.lock_with_neighbours(tx, portal.name, [found.id], [address])
    changes = [Change(one, _corrected(tx, command, one, shared=shared)) for one in locked]
    await change_contacts(tx, portal, changes, tell=deps.sealer)
    return next(change.now for change in changes if change.now.id == command.account_id)


def _corrected(tx: Transaction, command: CorrectAccount, account: Account, *, shared: bool) -> Account:
    details = command.corrected(account) if account.id == command.account_id else account.details
    return correct(account, details, mailbox_shared=shared, now=tx.now)
