"""An operator has a mail tried again: now, or although a server rejected it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifier.domain.deliveries import retry
from services.notifier.domain.errors import DeliveryNotFound
from services.notifier.sql import deliveries
from shared import audit, idempotency
from shared.audit import Actor
from shared.db import Database
from shared.idempotency import Once
from shared.ids import DeliveryId


@dataclass(frozen=True, slots=True)
class RetryDelivery:
    actor: Actor
    delivery_id: DeliveryId
    portals: Sequence[str] | None = None  # it must be of one of these; None: of any


async def retry_delivery(db: Database, command: RetryDelivery, once: Once[None] | None = None) -> None:
    """Raises DeliveryNotFound, NotToBeRetried."""
    async with db.transaction() as tx:
        found = await deliveries.lock_delivery(tx, command.delivery_id)
        delivery = found.delivery
        if command.portals is not None and delivery.portal not in command.portals:
            raise DeliveryNotFound
        await deliveries.save_all(tx, [(retry(delivery, found.account, tx.now), found.lease)])
        said = {"delivery_id": str(delivery.id)}
        await audit.insert_entry(
            tx, command.actor, "delivery_retried", delivery.portal, account_id=delivery.account_id, details=said
        )
        await idempotency.keep_result(tx, once, None)
