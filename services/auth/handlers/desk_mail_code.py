"""The desk has a lost code mailed to its owner: « il vous sera envoyé par courriel » (S2.10)."""

from dataclasses import dataclass

from services.auth.deps import Deps
from services.auth.domain.errors import AccountIsClosed, AddressMissing
from services.auth.domain.offered import require_codes
from services.auth.sql import accounts
from shared import audit, idempotency, outbox
from shared.events import CodeRequested
from shared.idempotency import Once
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class MailCode:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId


async def mail_code(deps: Deps, command: MailCode, once: Once[None] | None = None) -> None:
    """To a shared mailbox too: a code alone opens nothing. Raises CodeNotOffered, AccountNotFound, AccountIsClosed,
    AddressMissing.
    """
    portal = command.portal
    require_codes(portal.policy)
    async with deps.db.transaction() as tx:
        account = await accounts.lock_account(tx, portal.name, command.account_id)
        if account.closed_at is not None:
            raise AccountIsClosed
        if account.details.email == "":
            raise AddressMissing
        event = CodeRequested(
            account_id=account.id,
            portal=portal.name,
            contact_version=account.contact_version,
            deliver_until=tx.now + portal.policy.deliver_within,
        )
        await outbox.insert(tx, event)
        await audit.insert_entry(tx, command.actor, "code_mailed", portal.name, account_id=account.id)
        await idempotency.keep_result(tx, once, None)
    deps.doorbell.ring()
