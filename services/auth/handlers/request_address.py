"""Somebody who is signed in gives another address as theirs (B12)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.accounts import Account
from services.auth.domain.address_changes import AddressChange, digest
from services.auth.domain.credentials import opens
from services.auth.domain.details import acceptable
from services.auth.domain.errors import AddressUnchanged, CurrentPasswordWrong
from services.auth.domain.mailed_tokens import ADDRESS_CHANGE_LASTS, mailed_token_hash, new_mailed_token
from services.auth.domain.names import folded
from services.auth.domain.offered import require_own_change
from services.auth.handlers.lock_member import lock_member
from services.auth.handlers.show_me import show_me
from services.auth.handlers.verify_current import count_showing, verify_current
from services.auth.sql import address_changes, credentials
from shared import audit, faults, limits, outbox
from shared.clients import ClientAddress
from shared.details import DetailFault, DetailsNotAcceptable
from shared.events import AddressChangeRequested
from shared.idempotency import Once, keep_result
from shared.ids import AccountId, new_id
from shared.limits import Try
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RequestAddress:
    portal: Portal
    account_id: AccountId
    email: str
    current: SecretStr
    client: ClientAddress


async def request_address(deps: Deps, command: RequestAddress, once: Once[None] | None = None) -> None:
    """A mail with a token goes to that address, whoever has it: nothing changes before it is brought, and nobody is
    told whose it is already. What was asked for before ends.

    Raises ChangeNotOffered, NotSignedIn, DetailsNotAcceptable, AddressUnchanged, TooManyRequests, CurrentPasswordWrong,
    Overloaded.
    """
    portal = command.portal
    require_own_change(portal.policy, "address")
    account = await show_me(deps, portal, command.account_id)
    email = _acceptable(account, command.email)
    shown = await count_showing(deps, portal, account.id)
    matched = await verify_current(deps, account.id, command.current)
    await limits.spend_both(
        deps.db,
        Try(portal.limits.activations_per_name, "address_change", (portal.name, str(account.id))),
        Try(portal.limits.activations_per_name, "address_change", (portal.name, folded(email))),
    )

    token, event_id = new_mailed_token(), new_id()
    async with deps.db.transaction() as tx:
        account = await lock_member(tx, portal, account.id)
        credential = await credentials.get_credential(tx, account.id)
        if not opens(credential, matched, tx.now):  # replaced since it was verified
            raise CurrentPasswordWrong
        change = AddressChange(
            token_hash=mailed_token_hash(token),
            account_id=account.id,
            email=email,
            former_folded=account.address,
            asked_with=digest(matched),
            expires_at=tx.now + ADDRESS_CHANGE_LASTS,
        )
        await address_changes.end_address_changes(tx, account.id)
        await address_changes.insert_address_change(tx, change)
        deliver_until = tx.now + min(portal.policy.deliver_within, ADDRESS_CHANGE_LASTS)
        event = _requested(deps, account, change, token, event_id, deliver_until)
        faults.passing("auth.before_outbox")
        await outbox.insert(tx, event, event_id=event_id)
        faults.passing("auth.after_outbox")
        who = audit.customer(account.id, command.client)
        await audit.insert_entry(tx, who, "address_change_asked", portal.name, account_id=account.id)
        await keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()
    await limits.give_back(deps.db, shown)


def _acceptable(account: Account, email: str) -> str:
    """The address, composed. Raises DetailsNotAcceptable, AddressUnchanged."""
    given = acceptable(replace(account.details, email=email), account.details.services).email
    if not given:
        raise DetailsNotAcceptable([DetailFault("email", "missing", "is empty")])
    if given == account.details.email:
        raise AddressUnchanged
    return given


def _requested(
    deps: Deps, account: Account, change: AddressChange, token: SecretStr, event_id: UUID, deliver_until: datetime
) -> AddressChangeRequested:
    secrets = {"address": change.email, "name": account.details.name, "token": token.get_secret_value()}
    return AddressChangeRequested(
        account_id=account.id,
        portal=account.portal,
        deliver_until=deliver_until,
        language=account.details.language,
        sealed=deps.sealer.seal(
            secrets, event_id=event_id, account_id=account.id, generation=None, deliver_until=deliver_until
        ),
    )
