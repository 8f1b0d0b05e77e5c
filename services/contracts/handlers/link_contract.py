"""A customer links a contract with the activation key the operator gave them (S0.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from services.contracts.deps import Deps
from services.contracts.domain.activation_keys import Key, parse_key
from services.contracts.domain.contracts import LinkedContract
from services.contracts.domain.errors import TooManyTries
from services.contracts.domain.keys import ensure_redeemable
from services.contracts.domain.offered import require_linking
from services.contracts.handlers.add_link import add_link
from services.contracts.sql import accounts, keys
from shared import audit, faults, idempotency
from shared.clients import ClientAddress
from shared.errors import DomainError
from shared.idempotency import Once
from shared.ids import AccountId
from shared.limits import Spent, TooManyRequests, Try, give_back, spend_both
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class LinkContract:
    portal: Portal
    account_id: AccountId
    key_text: SecretStr  # as typed
    client: ClientAddress


async def link_contract(deps: Deps, command: LinkContract, once: Once[LinkedContract] | None = None) -> LinkedContract:
    """A key that cannot be one costs no try and no look into the database.

    Raises LinkingNotOffered, KeyMalformed, TooManyTries, KeyUnknown, KeyOfAnotherPortal, KeyUsed, KeyRevoked,
    KeyExpired, ContractAlreadyLinked, AccountNotFound.
    """
    require_linking(command.portal.policy)
    key = parse_key(command.key_text.get_secret_value())
    tries = await _count_try(deps, command)
    try:
        linked = await _redeem(deps, command, key, tries, once)
    except DomainError as refusal:
        who = audit.customer(command.account_id, command.client)
        said = {"code": refusal.code}
        await audit.insert_entry(
            deps.db, who, "link_refused", command.portal.name, account_id=command.account_id, details=said
        )
        raise
    faults.passing("contracts.after_commit")
    deps.doorbell.ring()
    return linked


async def _count_try(deps: Deps, command: LinkContract) -> list[Spent]:
    """Every try counts until the commit that makes it a success: so does one whose answer was never waited for.

    By account first: one that is refused for its own tries takes none of those who share its address.
    """
    portal, bounds = command.portal.name, command.portal.limits
    try:
        return await spend_both(
            deps.db,
            Try(bounds.failing_keys_per_account, "key", (portal, str(command.account_id))),
            Try(bounds.failing_keys_per_address, "key_from", (portal, command.client.network)),
        )
    except TooManyRequests as refusal:
        raise TooManyTries(refusal.retry_after) from None


async def _redeem(
    deps: Deps, command: LinkContract, key: Key, tries: Sequence[Spent], once: Once[LinkedContract] | None
) -> LinkedContract:
    portal = command.portal
    async with deps.db.transaction() as tx:
        issued, contract = await keys.lock_by_digest(tx, key.digest)
        ensure_redeemable(issued, portal.name, tx.now)
        account = await accounts.lock_customer(tx, portal.name, command.account_id)
        await add_link(tx, deps, portal, account, contract, by="key")
        await keys.redeem_key(tx, issued, account.id, tx.now)
        await audit.insert_entry(
            tx,
            audit.customer(account.id, command.client),
            "contract_linked",
            portal.name,
            account_id=account.id,
            contract_id=contract.id,
            details={"key_id": str(issued.id)},
        )
        linked = contract.linked(active=account.active is None)  # the first one is (S0.10)
        await idempotency.keep_result(tx, once, linked)
        await give_back(tx, *tries)  # last: neighbours who share the address wait for this row
        faults.passing("contracts.before_commit")
    return linked
