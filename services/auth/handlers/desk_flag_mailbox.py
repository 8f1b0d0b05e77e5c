"""The desk says of an address that several people read its mails, or do so no more (S2.5, B2)."""

from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import correct
from services.auth.domain.addresses import address_fault
from services.auth.domain.names import SubmittedName
from services.auth.handlers.change_contacts import Change, change_contacts
from services.auth.sql import accounts, mailboxes
from shared import audit
from shared.db import Transaction
from shared.details import DetailFault, DetailsNotAcceptable
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class FlagMailbox:
    portal: Portal
    actor: audit.Actor
    address: str
    shared: bool


async def flag_mailbox(deps: Deps, command: FlagMailbox) -> None:
    """Of every account that has it, and of those that will have it; whether any has it yet does not matter.

    No password goes to a flagged address on any path, and what was mailed there and not used opens nothing any more.
    Said once more, nothing changes. Raises DetailsNotAcceptable.
    """
    portal, name = command.portal, SubmittedName("email", command.address)
    if fault := address_fault(name.sought):
        raise DetailsNotAcceptable([DetailFault("address", "not_an_address", fault)])
    async with deps.db.transaction() as tx:
        await say_at_desk(tx, portal, name.sought, shared=command.shared)
        concerned = await accounts.lock_accounts_at(tx, portal.name, name)
        corrected = [correct(one, one.details, mailbox_shared=command.shared, now=tx.now) for one in concerned]
        changes = [Change(*both) for both in zip(concerned, corrected, strict=True)]
        await change_contacts(tx, portal, changes, tell=None)
        whose = {"accounts": [str(one.id) for one in concerned]}
        action: audit.Action = "mailbox_flagged" if command.shared else "mailbox_unflagged"
        await audit.insert_entry(tx, command.actor, action, portal.name, details=whose)
    deps.doorbell.ring()


async def say_at_desk(tx: Transaction, portal: Portal, address: str, *, shared: bool) -> None:
    """Of an address, folded. The flags are held alone from here on; no account was locked before."""
    await mailboxes.hold_flags_alone(tx, portal.name)
    said = (await mailboxes.list_mailboxes(tx, portal.name, [address]))[address].said_at_desk(shared=shared)
    await mailboxes.save_mailboxes(tx, portal.name, {address: said})
