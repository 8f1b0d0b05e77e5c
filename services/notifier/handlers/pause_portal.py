"""A portal's mails wait: a template was wrong. What was asked for meanwhile leaves in order when they go on."""

from dataclasses import dataclass

from services.notifier.domain.overview import Pause
from services.notifier.sql import pauses
from shared import audit
from shared.audit import Actor
from shared.db import Database
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class PausePortal:
    portal: Portal
    actor: Actor
    paused: bool


async def pause_portal(db: Database, command: PausePortal) -> Pause | None:
    """The pause as it is now; None: mails leave. What is being handed in at this moment is not held back; a mail whose
    deadline comes meanwhile expires."""
    portal = command.portal.name
    async with db.transaction() as tx:
        if command.paused and await pauses.insert_pause(tx, portal):
            await audit.insert_entry(tx, command.actor, "deliveries_paused", portal)
        if not command.paused and await pauses.delete_pause(tx, portal):
            await audit.insert_entry(tx, command.actor, "deliveries_resumed", portal)
        return next(iter(await pauses.list_pauses(tx, [portal])), None)
