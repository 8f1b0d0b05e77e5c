"""The desk opens an account."""

from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details
from services.auth.domain.details import acceptable
from services.auth.handlers.add_account import add_account
from shared import audit, idempotency
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
    mailbox_shared: bool = False


async def open_account(deps: Deps, command: OpenAccount, once: Once[Account] | None = None) -> Account:
    """Mails nobody. Raises DetailsNotAcceptable, IdentifierTaken."""
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
            mailbox_shared=command.mailbox_shared,
        )
        account = await add_account(tx, portal, new, by="operator")
        await audit.insert_entry(tx, command.actor, "account_opened", portal.name, account_id=account.id)
        await idempotency.keep_result(tx, once, account)
    deps.doorbell.ring()
    return account
