"""S1.18: several customer files have the address somebody gave. Nothing changes; a mail says whom to contact."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.auth.domain.accounts import Account
from services.auth.sql.decoys import InsertEvents
from shared import outbox
from shared.db import Transaction
from shared.events import ActivationMatchedSeveral, Event
from shared.portals import Portal


def telling_of_several(portal: Portal, first: Account, now: datetime) -> InsertEvents:
    """What stands in the place of publishing: the rest is done as for a stranger, so that the time of the answer does
    not tell such an address apart."""
    event = ActivationMatchedSeveral(
        account_id=first.id,
        portal=portal.name,
        contact_version=first.contact_version,
        deliver_until=now + portal.policy.deliver_within,
    )

    async def publish_instead(tx: Transaction, _events: Sequence[Event], _ids: Sequence[UUID]) -> None:
        await outbox.insert_all(tx, [event])

    return publish_instead
