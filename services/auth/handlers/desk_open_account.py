"""The desk opens an account."""

from dataclasses import dataclass, replace

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details
from services.auth.domain.details import acceptable
from services.auth.domain.errors import IdentifierTaken
from services.auth.domain.identifiers import generate_identifier
from services.auth.sql import accounts
from shared import audit, idempotency, outbox
from shared.db import Transaction
from shared.details import DetailFault, DetailsNotAcceptable
from shared.events import AccountOpened
from shared.idempotency import Once
from shared.ids import AccountId, new_id
from shared.portals import Portal
from shared.versions import next_version

DRAWS = 20  # of a fresh identifier; more than one is needed when the portal's identifiers run short


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
        account = Account(
            id=AccountId(new_id()),
            portal=portal.name,
            identifier=command.identifier or generate_identifier(portal.policy.identifier),
            details=details,
            contact_version=next_version(0, tx.now),
            opened_at=tx.now,
            mailbox_shared=command.mailbox_shared,
        )
        account = await _insert(tx, account, command)
        opened = AccountOpened(account_id=account.id, portal=portal.name, opened_at=account.opened_at, by="operator")
        await outbox.insert_all(tx, [opened, account.contact])
        await audit.insert_entry(tx, command.actor, "account_opened", portal.name, account_id=account.id)
        await idempotency.keep_result(tx, once, account)
    deps.doorbell.ring()
    return account


async def _insert(tx: Transaction, account: Account, command: OpenAccount) -> Account:
    """Raises IdentifierTaken."""
    for _ in range(DRAWS if command.identifier is None else 1):
        if await accounts.insert_account(tx, account):
            return account
        account = replace(account, identifier=generate_identifier(command.portal.policy.identifier))
    raise IdentifierTaken
