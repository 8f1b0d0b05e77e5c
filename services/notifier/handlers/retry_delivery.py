"""An operator has a mail tried again: now, or although a server rejected it."""

from services.notifier.domain.deliveries import retry
from services.notifier.sql import deliveries
from shared.db import Database
from shared.ids import DeliveryId


async def retry_delivery(db: Database, delivery_id: DeliveryId) -> None:
    """Raises DeliveryNotFound, NotToBeRetried."""
    async with db.transaction() as tx:
        found = await deliveries.lock_delivery(tx, delivery_id)
        await deliveries.save_all(tx, [(retry(found.delivery, found.account, tx.now), found.lease)])
