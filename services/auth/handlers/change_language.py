"""Somebody who is signed in wants to be spoken to in another language (B12)."""

from dataclasses import dataclass, replace

from services.auth.deps import Deps
from services.auth.domain.offered import require_own_change
from services.auth.handlers.change_contacts import change_details
from services.auth.handlers.lock_member import lock_member
from services.auth.sql import mailboxes
from shared import audit
from shared.clients import ClientAddress
from shared.details import DetailFault, DetailsNotAcceptable
from shared.ids import AccountId, Language
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class ChangeLanguage:
    portal: Portal
    account_id: AccountId
    language: str
    client: ClientAddress


async def change_language(deps: Deps, command: ChangeLanguage) -> None:
    """Mails that wait are written in it. Raises ChangeNotOffered, DetailsNotAcceptable, NotSignedIn."""
    portal = command.portal
    require_own_change(portal.policy, "language")
    if command.language not in portal.languages:
        spoken = f"must be one of {', '.join(portal.languages)}"
        raise DetailsNotAcceptable([DetailFault("language", "language_not_spoken", spoken)])
    async with deps.db.transaction() as tx:
        await mailboxes.hold_flags(tx, portal.name)
        account = await lock_member(tx, portal, command.account_id)
        details = replace(account.details, language=Language(command.language))
        await change_details(tx, deps.sealer, portal, account, details)
        who, said = audit.customer(account.id, command.client), {"language": command.language}
        await audit.insert_entry(tx, who, "language_changed", portal.name, account_id=account.id, details=said)
    deps.doorbell.ring()
