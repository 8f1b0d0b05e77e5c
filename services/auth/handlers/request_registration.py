"""Somebody asks for an account: « Ouvrir un compte … maintenant » (S0.3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details
from services.auth.domain.mailed_tokens import REGISTRATION_LASTS, mailed_token_hash, new_mailed_token
from services.auth.domain.names import SubmittedName
from services.auth.domain.offered import require_registration
from services.auth.domain.registrations import Registration, acceptable_as_own
from services.auth.sql import accounts, names, registrations
from shared import audit, faults, limits, outbox
from shared.clients import ClientAddress
from shared.events import Event, RegistrationRepeated, RegistrationRequested
from shared.idempotency import Once, keep_result
from shared.ids import AccountId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RequestRegistration:
    portal: Portal
    details: Details
    client: ClientAddress


async def request_registration(deps: Deps, command: RequestRegistration, once: Once[None] | None = None) -> None:
    """A mail with a token leaves; where the address has an account already, one that says so, to its owner.

    Both take the same statements and rows. Raises RegistrationNotOffered, DetailsNotAcceptable, TooManyRequests.
    """
    portal = command.portal
    require_registration(portal.policy)
    details = acceptable_as_own(command.details)
    name = SubmittedName("email", details.email)
    await limits.spend(deps.db, portal.limits.activations_per_name, "registration", portal.name, name.sought)

    token, event_id = new_mailed_token(), new_id()
    async with deps.db.transaction() as tx:
        await names.lock_name(tx, portal.name, name)
        holders = await accounts.lock_accounts_at(tx, portal.name, name)
        asked = Registration(
            token_hash=mailed_token_hash(token),
            account_id=AccountId(new_id()),
            portal=portal.name,
            details=details,
            expires_at=tx.now + REGISTRATION_LASTS,
        )
        await registrations.insert_registration(tx, asked)
        deliver_until = tx.now + min(portal.policy.deliver_within, REGISTRATION_LASTS)
        if holders:
            event = _repeated(deps, portal, holders[0], event_id, deliver_until)
        else:
            event = _requested(deps, portal, asked, token.get_secret_value(), event_id, deliver_until)
        faults.passing("auth.before_outbox")
        await outbox.insert(tx, event, event_id=event_id)
        faults.passing("auth.after_outbox")
        who, whose = audit.anonymous(command.client), holders[0].id if holders else None
        await audit.insert_entry(tx, who, "registration_asked", portal.name, account_id=whose)
        await keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()


def _requested(
    deps: Deps, portal: Portal, asked: Registration, token: str, event_id: UUID, deliver_until: datetime
) -> Event:
    return RegistrationRequested(
        account_id=asked.account_id,
        portal=portal.name,
        deliver_until=deliver_until,
        language=asked.details.language,
        sealed=deps.sealer.seal(
            {"address": asked.details.email, "name": asked.details.name, "token": token},
            event_id=event_id,
            account_id=asked.account_id,
            generation=None,
            deliver_until=deliver_until,
        ),
    )


def _repeated(deps: Deps, portal: Portal, holder: Account, event_id: UUID, deliver_until: datetime) -> Event:
    """Says the name on file, in its owner's language: what a stranger has typed is no business of theirs."""
    return RegistrationRepeated(
        account_id=holder.id,
        portal=portal.name,
        deliver_until=deliver_until,
        language=holder.details.language,
        sealed=deps.sealer.seal(
            {"address": holder.details.email, "name": holder.details.name},
            event_id=event_id,
            account_id=holder.id,
            generation=None,
            deliver_until=deliver_until,
        ),
    )
