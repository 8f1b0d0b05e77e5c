"""After a restore, the notifier hears what it told others of its mails since the backup: none of them leaves again.

What was asked for since it reads anew by itself, from the offsets of its database.
"""

from collections.abc import Sequence

from services.notifier.domain.recalled import ended
from services.notifier.sql import accounts, recalled
from shared.db import Transaction
from shared.events import MailEvent, Topic
from shared.ids import AccountId
from shared.inbox import Received


class Recollection:
    topics = (Topic.NOTIFICATIONS,)

    async def take(self, tx: Transaction, received: Sequence[Received]) -> None:
        """The last that was told of each: an operator may have had one tried again."""
        told = {
            one.event.delivery_id: ended(one.event, one.envelope.traceparent)
            for one in received
            if isinstance(one.event, MailEvent)
        }
        whose = {AccountId(one.event.account_id): one.event.portal for one in told.values()}
        await accounts.insert_missing(tx, whose)
        await accounts.lock_all(tx, whose)
        await recalled.save_ended(tx, list(told.values()))

    async def finish(self, tx: Transaction) -> Sequence[str]:
        return []
