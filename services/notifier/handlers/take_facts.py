"""Facts from auth and contracts: accounts are brought up to date, and mails that are asked for become deliveries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from services.notifier.domain.accounts import Account
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.facts import Fact, Heard, Taken, take
from services.notifier.handlers.tell import tell
from services.notifier.sql import accounts, deliveries
from shared.db import Transaction
from shared.ids import AccountId
from shared.inbox import Received


async def take_facts(tx: Transaction, received: Sequence[Received]) -> None:
    """The inbox's `Handle`: a whole batch in five statements, however long it is."""
    facts = [_fact(message) for message in received]
    await accounts.insert_missing(tx, {fact.account_id: fact.portal for fact in facts})
    known = await accounts.lock_all(tx, {fact.account_id for fact in facts})
    waiting = await deliveries.list_waiting(tx, known)

    taken = _take_all(known, facts, waiting, tx.now)

    await accounts.save_all(tx, [t.account for t in taken if t.account != known[t.account.id]])
    inserted = await deliveries.insert_all(tx, [delivery for t in taken for delivery in t.new])
    await deliveries.save_all(tx, [(delivery, None) for t in taken for delivery in t.changed])
    await tell(
        tx,
        [(d, t.account, None) for t in taken for d in [*t.changed, *(new for new in t.new if new.id in inserted)]],
    )


def _take_all(
    known: Mapping[AccountId, Account], facts: Iterable[Fact], waiting: Iterable[Delivery], now: datetime
) -> list[Taken]:
    facts_of: defaultdict[AccountId, list[Fact]] = defaultdict(list)
    waiting_of: defaultdict[AccountId, list[Delivery]] = defaultdict(list)
    for fact in facts:
        facts_of[fact.account_id].append(fact)
    for delivery in waiting:
        waiting_of[delivery.account_id].append(delivery)
    return [take(account, facts_of[id_], waiting_of[id_], now) for id_, account in known.items()]


def _fact(message: Received) -> Fact:
    envelope, event = message.envelope, cast("Heard | None", message.event)
    return Fact(
        id=envelope.id,
        account_id=AccountId(message.key) if event is None else event.account_id,
        portal=envelope.portal,
        occurred_at=envelope.time,
        traceparent=envelope.traceparent,
        event=event,
    )
