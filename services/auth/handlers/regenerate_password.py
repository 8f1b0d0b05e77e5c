"""A customer asked for a new password: « Activation du compte »."""

from dataclasses import dataclass, replace

from services.auth.deps import Deps
from services.auth.domain.accounts import nobody
from services.auth.domain.names import SubmittedName
from services.auth.domain.passwords import as_typed, generate_password
from services.auth.domain.standing import why_nothing
from services.auth.handlers.count_asking import count_asking
from services.auth.handlers.point_elsewhere import telling_of_several
from services.auth.handlers.replace_password import DECOY, Fresh, replace_password
from services.auth.sql import accounts, names
from shared import audit, faults, idempotency
from shared.clients import ClientAddress
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
    await count_asking(deps, portal, name, command.client)

    password = generate_password(portal.policy.password.length)
    fresh = Fresh(password, await deps.hasher.hash(as_typed(password)))

    async with deps.db.transaction() as tx:
        await names.lock_name(tx, portal.name, name)
        matched = await accounts.lock_open_accounts(tx, portal.name, name)
        stranger = nobody(AccountId(new_id()), portal.name, tx.now)
        match matched:
            case [account] if account.gets_passwords:
                outcome = "regenerated"
                await replace_password(tx, deps, portal, account, fresh)
            case [first, _, *_]:
                outcome = "matched_several"
                instead = replace(DECOY, insert_events=telling_of_several(portal, first, tx.now))
                await replace_password(tx, deps, portal, stranger, fresh, instead)
            case _:
                outcome = why_nothing(matched)
                await replace_password(tx, deps, portal, stranger, fresh, DECOY)
        whose = matched[0].id if matched else None
        who, said = audit.anonymous(command.client), {"outcome": outcome}
        await audit.insert_entry(tx, who, "activation_asked", portal.name, account_id=whose, details=said)
        await idempotency.keep_result(tx, once, None)
        faults.passing("auth.before_commit")

    faults.passing("auth.after_commit")
    deps.doorbell.ring()
