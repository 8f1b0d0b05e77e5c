"""Telling others what became of mails: `notifier.mail_*`, through the outbox, in the transaction that made it so."""

from collections.abc import Iterable

from services.notifier.domain.accounts import Account
from services.notifier.domain.attempts import Attempt
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.notices import notice
from shared import outbox
from shared.db import Transaction


async def tell(tx: Transaction, changed: Iterable[tuple[Delivery, Account, Attempt | None]]) -> bool:
    """Facts about those that came to their end, each in its own trace; whether there was one. Accounts are locked."""
    told = [
        (event, delivery.traceparent)
        for delivery, account, attempt in changed
        if (event := notice(delivery, account, attempt, tx.now))
    ]
    await outbox.insert_all(tx, [event for event, _ in told], traceparents=[trace for _, trace in told])
    return bool(told)
