"""A customer asked for a link to choose a new password: « Activation du compte » where people choose their own."""

from dataclasses import dataclass, replace

from services.auth.deps import Deps
from services.auth.domain.accounts import nobody
from services.auth.domain.names import SubmittedName
from services.auth.domain.standing import why_nothing
from services.auth.handlers.count_asking import count_asking
from services.auth.handlers.mail_reset_link import DECOY, mail_reset_link
from services.auth.handlers.point_elsewhere import telling_of_several
from services.auth.sql import accounts, names
from shared import audit, faults
from shared.clients import ClientAddress
from shared.idempotency import Once, keep_result
from shared.ids import AccountId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RequestReset:
    portal: Portal
    name: SubmittedName
    client: ClientAddress


async def request_reset(deps: Deps, command: RequestReset, once: Once[None] | None = None) -> None:
    """Raises TooManyRequests and, where the portal tells, AccountNotRecognised.

    Where it does not tell, an unknown name takes the same statements and rows as a known one.
    """
    portal, name = command.portal, command.name
    await count_asking(deps, portal, name, command.client)

    async with deps.db.transaction() as tx:
        await names.lock_name(tx, portal.name, name)
        matched = await accounts.lock_open_accounts(tx, portal.name, name)
        stranger = nobody(AccountId(new_id()), portal.name, tx.now)
        match matched:
            case [account] if account.gets_passwords:
                outcome = "reset_requested"
                await mail_reset_link(tx, deps, portal, account)
            case [first, _, *_]:
                outcome = "matched_several"
                instead = replace(DECOY, insert_events=telling_of_several(portal, first, tx.now))
                await mail_reset_link(tx, deps, portal, stranger, instead)
            case _:
                outcome = why_nothing(matched)
                await mail_reset_link(tx, deps, portal, stranger, DECOY)
        who, whose = audit.anonymous(command.client), matched[0].id if matched else None
        details = {"outcome": outcome}
        await audit.insert_entry(tx, who, "activation_asked", portal.name, account_id=whose, details=details)
        await keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()
