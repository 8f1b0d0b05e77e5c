"""The operator withdraws a key: a letter went astray."""

from dataclasses import dataclass

from services.contracts.deps import Deps
from services.contracts.domain.errors import KeyNotFound, KeyUsed
from services.contracts.sql import contracts, keys
from shared import audit, outbox
from shared.audit import Actor
from shared.events import ActivationKeyRevoked
from shared.ids import KeyId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class RevokeKey:
    portal: Portal
    actor: Actor
    key_id: KeyId


async def revoke_key(deps: Deps, command: RevokeKey) -> None:
    """Nothing where it was revoked before. Raises KeyNotFound, KeyUsed: what it linked, only the desk dissociates."""
    portal = command.portal.name
    contract_id = await keys.find_contract_of(deps.db, portal, command.key_id)
    if contract_id is None:
        raise KeyNotFound
    async with deps.db.transaction() as tx:
        await contracts.lock_contract(tx, portal, contract_id)
        key = await keys.get_key(tx, command.key_id)
        if key.redeemed_at is not None:
            raise KeyUsed
        if key.revoked_at is None:
            await keys.revoke_live_key(tx, contract_id, tx.now)
            revoked = ActivationKeyRevoked(contract_id=contract_id, portal=portal, key_id=key.id, revoked_at=tx.now)
            await outbox.insert(tx, revoked)
        said = {"key_id": str(key.id)}
        await audit.insert_entry(tx, command.actor, "key_revoked", portal, contract_id=contract_id, details=said)
    deps.doorbell.ring()
