"""A customer asked for a new password: « Activation du compte »."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, nobody
from services.auth.domain.errors import AccountNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.domain.passwords import as_typed, generate_password
from services.auth.handlers.replace_password import DECOY, Fresh, replace_password
from services.auth.sql import accounts, limits, names
from shared import audit, faults, idempotency, outbox
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.events import ActivationMatchedSeveral, Event
from shared.idempotency import Once
from shared.ids import AccountId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RegeneratePassword:
    portal: Portal
    name: SubmittedName
    client: ClientAddress


async def regenerate_password(deps: Deps, command: RegeneratePassword, once: Once[None] | None = None) -> None:
    """Raises TooManyRequests, Overloaded and, where the portal tells, AccountNotRecognised.

    Where it does not tell (S1.6), an unknown name takes the same hashing, statements and rows as a known one.
    """
    portal, name = command.portal, command.name
    await limits.spend(deps.db, portal.limits.activations_per_name, "activation", portal.name, name.kind, name.sought)
    if portal.policy.unknown_name == "told":
        await _tell_unless_recognised(deps, command)

    password = generate_password(portal.policy.password.length)
    fresh = Fresh(password, await deps.hasher.hash(as_typed(password)))

    async with deps.db.transaction() as tx:
        await names.lock_name(tx, portal.name, name)
        matched = await accounts.lock_open_accounts(tx, portal.name, name)
        match matched:
            case [account] if account.gets_passwords:
                outcome = "regenerated"
                await replace_password(tx, deps, portal, account, fresh)
            case [first, _, *_]:
                outcome = "matched_several"
                await _point_elsewhere(tx, deps, portal, first, fresh)
            case _:
                outcome = "nothing_to_do"
                await replace_password(tx, deps, portal, nobody(AccountId(new_id()), portal.name, tx.now), fresh, DECOY)
        whose = matched[0].id if matched else None
        who, said = audit.anonymous(command.client), {"outcome": outcome}
        await audit.insert_entry(tx, who, "activation_asked", portal.name, account_id=whose, details=said)
        await idempotency.keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()


async def _tell_unless_recognised(deps: Deps, command: RegeneratePassword) -> None:
    """Counted before it is known whether there is such an account: else the refusal itself would tell."""
    portal = command.portal
    limit = portal.limits.unrecognised_names_per_address
    spent = await limits.spend(deps.db, limit, "unrecognised", portal.name, command.client.network)
    if not await accounts.is_recognised(deps.db, portal.name, command.name):
        raise AccountNotRecognised
    await limits.give_back(deps.db, spent)


async def _point_elsewhere(tx: Transaction, deps: Deps, portal: Portal, first: Account, fresh: Fresh) -> None:
    """S1.18: several customer files have this address. No password changes; a mail without one says whom to contact.

    It takes the statements of a replacement, so that the time of the answer does not tell such an address apart.
    """
    event = ActivationMatchedSeveral(
        account_id=first.id,
        portal=portal.name,
        contact_version=first.contact_version,
        deliver_until=tx.now + portal.policy.deliver_within,
    )

    async def publish_instead(tx: Transaction, _events: Sequence[Event], _ids: Sequence[UUID]) -> None:
        await outbox.insert_all(tx, [event])

    stranger = nobody(AccountId(new_id()), portal.name, tx.now)
    await replace_password(tx, deps, portal, stranger, fresh, replace(DECOY, insert_events=publish_instead))
