"""The operator gives a key for a contract (S0.6, S0.7): shown once, and to nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import SecretStr

from services.contracts.deps import Deps
from services.contracts.domain.activation_keys import generate_key
from services.contracts.domain.keys import IssuedKey
from services.contracts.domain.offered import require_linking
from services.contracts.sql import contracts, key_requests, keys
from shared import audit, idempotency, outbox
from shared.audit import Actor
from shared.events import ActivationKeyIssued, ActivationKeyRevoked, Event
from shared.idempotency import Once
from shared.ids import ContractId, KeyId, new_id
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class IssueKey:
    portal: Portal
    actor: Actor
    contract_id: ContractId
    request_id: UUID | None  # None: nobody asked, such as for the letter that comes with a new contract


class Issued(NamedTuple):
    """The key as it is printed, and until when it links the contract."""

    key_id: KeyId
    key: SecretStr
    expires_at: datetime


async def issue_key(deps: Deps, command: IssueKey, once: Once[Issued] | None = None) -> Issued:
    """The contract's former key, if it still could be used, is revoked.

    Raises LinkingNotOffered, ContractNotFound, KeyRequestNotFound.
    """
    portal, contract_id, key = command.portal, command.contract_id, generate_key()
    require_linking(portal.policy)
    async with deps.db.transaction() as tx:
        await contracts.lock_contract(tx, portal.name, contract_id)
        if command.request_id is not None:
            await key_requests.ensure_open_request(tx, contract_id, command.request_id)
            await key_requests.save_answered(tx, command.request_id, tx.now)
        former = await keys.revoke_live_key(tx, contract_id, tx.now)
        expires_at = tx.now + portal.policy.activation_keys.expires_after
        issued = IssuedKey(KeyId(new_id()), contract_id, portal.name, expires_at)
        await keys.insert_key(tx, issued, key.digest, command.request_id, tx.now, command.actor)

        await outbox.insert_all(tx, _facts(issued, former, tx.now))
        said = {"key_id": str(issued.id), "request_id": command.request_id and str(command.request_id)}
        await audit.insert_entry(tx, command.actor, "key_issued", portal.name, contract_id=contract_id, details=said)
        result = Issued(issued.id, SecretStr(key.printed), expires_at)
        await idempotency.keep_result(tx, once, result)
    deps.doorbell.ring()
    return result


def _facts(issued: IssuedKey, former: KeyId | None, now: datetime) -> Sequence[Event]:
    contract_id, portal = issued.contract_id, issued.portal
    fact = ActivationKeyIssued(
        contract_id=contract_id, portal=portal, key_id=issued.id, issued_at=now, expires_at=issued.expires_at
    )
    if former is None:
        return [fact]
    return [ActivationKeyRevoked(contract_id=contract_id, portal=portal, key_id=former, revoked_at=now), fact]
