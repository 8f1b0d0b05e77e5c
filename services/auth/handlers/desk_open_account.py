"""The desk opens an account."""

from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details, correct
from services.auth.domain.details import acceptable
from services.auth.domain.errors import AddressMissing
from services.auth.handlers.add_account import add_account
from services.auth.handlers.change_contacts import Change, change_contacts
from services.auth.handlers.desk_flag_mailbox import say_at_desk
from services.auth.sql import accounts
from shared import audit, idempotency
from shared.db import Transaction
from shared.details import DetailFault, DetailsNotAcceptable
from shared.idempotency import Once
from shared.ids import AccountId, new_id
from shared.portals import Portal
from shared.versions import next_version


@dataclass(frozen=True, slots=True)
class OpenAccount:
    portal: Portal
    actor: audit.Actor
    identifier: str | None  # None: made by the portal's rule
    details: Details
    mailbox_shared: bool = False  # said of the address; False says nothing of it


async def open_account(deps: Deps, command: OpenAccount, once: Once[Account] | None = None) -> Account:
    """Mails nobody. Raises DetailsNotAcceptable, IdentifierTaken; AddressMissing where no address could be shared."""
    portal = command.portal
    details = acceptable(command.details, portal.services)
    if command.identifier is not None and not portal.policy.identifier.accepts(command.identifier):
        raise DetailsNotAcceptable([DetailFault("identifier", "not_an_identifier", "is no identifier of this portal")])

    async with deps.db.transaction() as tx:
        new = Account(
            id=AccountId(new_id()),
            portal=portal.name,
            identifier=command.identifier or "",
            details=details,
            contact_version=next_version(0, tx.now),
            opened_at=tx.now,
        )
        if command.mailbox_shared:
            await _flag(tx, portal, new)
        account = await add_account(tx, portal, new, by="operator")
        await audit.insert_entry(tx, command.actor, "account_opened", portal.name, account_id=account.id)
        await idempotency.keep_result(tx, once, account)
    deps.doorbell.ring()
    return account


async def _flag(tx: Transaction, portal: Portal, new: Account) -> None:
    """Its address: the others that have it learn of it too."""
    if not new.address:
        raise AddressMissing
    await say_at_desk(tx, portal, new.address, shared=True)
    neighbours = await accounts.lock_with_neighbours(tx, portal.name, [], [new.address])
    flagged = [Change(one, correct(one, one.details, mailbox_shared=True, now=tx.now)) for one in neighbours]
    await change_contacts(tx, portal, flagged, tell=None)
