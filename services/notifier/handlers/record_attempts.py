"""What tries came to, written down: the deliveries' next states, a row for each try, and what others are told."""

import random
from collections.abc import Sequence

from services.notifier.deps import Deps
from services.notifier.domain.attempts import Attempt, Verdict, conclude
from services.notifier.domain.deliveries import review
from services.notifier.handlers.lease_deliveries import Leased
from services.notifier.handlers.tell import tell
from services.notifier.sql import accounts, attempts, deliveries
from shared import faults


async def record_attempts(deps: Deps, tried: Sequence[tuple[Leased, Attempt]]) -> None:
    """A delivery whose lease has run out is somebody else's now: its state stays, though the try is kept.

    Done again, for a commit that was not confirmed, it changes nothing that was done.

    One that is to be tried again is judged at once: what made it pointless while it was under way need not wait.
    """
    faults.passing("notifier.before_record")
    async with deps.db.transaction() as tx:
        known = await accounts.lock_all(tx, {leased.delivery.account_id for leased, _ in tried})
        concluded = {}
        for leased, attempt in tried:
            account = known[leased.delivery.account_id]
            after = conclude(leased.delivery, attempt, tx.now, deps.pace.backoff, random.random())  # noqa: S311
            concluded[after.id] = (review(after, account, tx.now), account, attempt, leased.lease)
        saved = await deliveries.save_all(tx, [(delivery, lease) for delivery, _, _, lease in concluded.values()])
        real = [(leased, attempt) for leased, attempt in tried if attempt.verdict is not Verdict.UNTRIED]
        await attempts.insert_all(tx, [(leased.delivery.id, leased.lease, attempt) for leased, attempt in real])
        told = await tell(tx, [(d, account, attempt) for d, account, attempt, _ in concluded.values() if d.id in saved])
    faults.passing("notifier.after_record")
    if told:
        deps.doorbell.ring()
