"""Who did what, when and from where. The runtime role can add and read, never alter."""

import json
from collections.abc import Mapping

from shared.audit.actions import Action
from shared.audit.actors import Actor
from shared.db import Database, Transaction
from shared.ids import AccountId, ContractId, PortalName

INSERT = """
    insert into audit (actor_kind, actor_id, action, portal, account_id, contract_id, origin, details)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def insert_entry(
    tx: Database | Transaction,
    actor: Actor,
    action: Action,
    portal: PortalName,
    *,
    account_id: AccountId | None = None,
    contract_id: ContractId | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """`details` hold ids and codes, never names or secrets: an entry outlives the person it is about."""
    said = json.dumps(dict(details or {}))
    await tx.execute(INSERT, actor.kind, actor.id, action, portal, account_id, contract_id, actor.origin, said)
