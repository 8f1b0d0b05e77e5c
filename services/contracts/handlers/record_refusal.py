"""Somebody called with a token that opens nothing here: forged, ended, or another portal's. Only the audit is told."""

from services.contracts.deps import Deps
from shared import audit
from shared.audit import Actor
from shared.errors import DomainError
from shared.ids import PortalName


async def record_refusal(deps: Deps, portal: PortalName, actor: Actor, refusal: DomainError) -> None:
    await audit.insert_entry(deps.db, actor, "call_refused", portal, details={"code": refusal.code})
