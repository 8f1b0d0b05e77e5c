"""The desk looks at deliveries."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from services.notifier.deps import Deps
from services.notifier.domain.overview import Overview, Pause, Wanted
from services.notifier.sql import overview, pauses
from shared import audit
from shared.access_tokens import DESK
from shared.audit import Actor
from shared.ids import DeliveryId, PortalName

MOST = 200


class Found(NamedTuple):
    """`after`: where the next page begins; None at the end. `pauses`: of the portals that were looked at."""

    deliveries: Sequence[Overview]
    after: DeliveryId | None
    pauses: Sequence[Pause]


async def show_deliveries(deps: Deps, actor: Actor, wanted: Wanted) -> Found:
    """Newest first, each with its last try."""
    more = await overview.list_deliveries(deps.db, replace(wanted, limit=wanted.limit + 1))
    found = more[: wanted.limit]
    portal = PortalName(wanted.portals[0] if wanted.portals and len(wanted.portals) == 1 else DESK)
    shown = {"shown": len(found)}
    await audit.insert_entry(deps.db, actor, "deliveries_listed", portal, account_id=wanted.account, details=shown)
    held_back = await pauses.list_pauses(deps.db, wanted.portals)
    return Found(found, found[-1].id if len(more) > len(found) else None, held_back)


async def show_delivery(deps: Deps, actor: Actor, delivery_id: DeliveryId, portals: Sequence[str] | None) -> Overview:
    """With every try. Raises DeliveryNotFound, also where it is of no portal of `portals`."""
    found = await overview.get_delivery(deps.db, delivery_id, portals)
    said = {"delivery_id": str(delivery_id)}
    await audit.insert_entry(deps.db, actor, "delivery_shown", found.portal, account_id=found.account_id, details=said)
    return found
