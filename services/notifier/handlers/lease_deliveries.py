"""Taking what is due: each delivery is judged once more under its account's row, then leased to this process."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.notifier.deps import Deps
from services.notifier.domain.accounts import Contact
from services.notifier.domain.deliveries import Decision, Delivery, decide, review
from services.notifier.handlers.tell import tell
from services.notifier.sql import deliveries
from services.notifier.sql.deliveries import Found
from shared.db import Transaction
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that is ours to send. `contact` None: it brings its address. `since`: monotonic seconds, taken before
    the database counted its time."""

    delivery: Delivery
    contact: Contact | None
    lease: UUID
    since: float


async def lease_deliveries(deps: Deps, limit: int) -> tuple[list[Leased], int]:
    """What may leave now, and how many were looked at: as many as `limit` means that there are more.

    Those that may not leave any more come to their end here, and are told of.
    """
    since, lease = time.monotonic(), new_id()
    async with deps.db.transaction() as tx:
        found = await deliveries.lock_due(tx, limit)
        to_send, rest = _sort_out(tx, found)
        ours = await deliveries.lease_all(tx, to_send, lease, deps.pace.lease)
        told = await _settle(tx, rest)
    if told:
        deps.doorbell.ring()
    leased = [Leased(f.delivery, f.account.contact, lease, since) for f in to_send if f.delivery.id in ours]
    return leased, len(found)


async def end_overdue(deps: Deps, limit: int) -> int:
    """Deliveries past their deadline come to their end, also while nothing can be sent. How many were looked at."""
    async with deps.db.transaction() as tx:
        found = await deliveries.lock_due(tx, limit, past_deadline=True)
        told = await _settle(tx, found)
    if told:
        deps.doorbell.ring()
    return len(found)


def _sort_out(tx: Transaction, found: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    """Those to send; and those that are not to be sent now, or ever."""
    to_send: list[Found] = []
    rest: list[Found] = []
    for one in found:
        (to_send if decide(one.delivery, one.account, tx.now) is Decision.SEND else rest).append(one)
    return to_send, rest


async def _settle(tx: Transaction, found: Sequence[Found]) -> bool:
    reviewed = {one.delivery.id: (review(one.delivery, one.account, tx.now), one) for one in found}
    saved = await deliveries.save_all(tx, [(delivery, one.lease) for delivery, one in reviewed.values()])
    return await tell(tx, [(delivery, one.account, None) for id_, (delivery, one) in reviewed.items() if id_ in saved])
