"""Deliveries as operators look at them. No address, no name: those are in the customer file."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from services.notifier.domain.errors import DeliveryNotFound
from shared.db import Database
from shared.ids import AccountId, DeliveryId, PortalName

LIST_DELIVERIES = """
    select d.id, d.portal, d.mail, d.account_id, a.identifier, d.state, d.tries as counted, d.queued_at, d.due_at,
           d.deliver_until, d.ended_at, t.verdict, t.stage, t.code, t.enhanced, t.words, t.why, t.tried_at, t.seconds
      from deliveries d
      join accounts a on a.id = d.account_id
      left join lateral (select *, ended_at as tried_at from attempts
                          where delivery_id = d.id order by id desc limit 1) t on true
     where ($1::text is null or d.state = $1) and ($2::text is null or d.portal = $2)
       and ($3::uuid is null or d.account_id = $3) and ($4::uuid is null or d.id < $4)
     order by d.id desc
     limit $5
"""

FIND_DELIVERY = """
    select d.id, d.portal, d.mail, d.account_id, a.identifier, d.state, d.tries as counted, d.queued_at, d.due_at,
           d.deliver_until, d.ended_at
      from deliveries d join accounts a on a.id = d.account_id
     where d.id = $1
"""

LIST_ATTEMPTS = """
    select ended_at as tried_at, seconds, verdict, stage, code, enhanced, words, why
      from attempts
     where delivery_id = $1
     order by id
"""


@dataclass(frozen=True, slots=True)
class Try:
    """`words` are the server's, `why` ours."""

    tried_at: datetime
    verdict: str
    stage: str
    code: int | None
    enhanced: str | None
    words: str | None
    why: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Overview:
    """`tries`: the last one alone in a list, all of them, oldest first, where one delivery is shown."""

    id: DeliveryId
    portal: PortalName
    mail: str
    account_id: AccountId
    identifier: str | None
    state: str
    counted: int
    queued_at: datetime
    due_at: datetime | None
    deliver_until: datetime
    ended_at: datetime | None
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries; None: whatever it is. Those older than `after` are next in a list that goes on."""

    state: str | None = None
    portal: str | None = None
    account: AccountId | None = None
    after: DeliveryId | None = None
    limit: int = 50


async def list_deliveries(db: Database, wanted: Wanted) -> list[Overview]:
    """Newest first."""
    rows = await db.fetch(LIST_DELIVERIES, wanted.state, wanted.portal, wanted.account, wanted.after, wanted.limit)
    return [_overview(row, [row] if row["verdict"] is not None else []) for row in rows]


async def get_delivery(db: Database, delivery_id: DeliveryId) -> Overview:
    """Raises DeliveryNotFound."""
    row = await db.fetchrow(FIND_DELIVERY, delivery_id)
    if row is None:
        raise DeliveryNotFound(f"there is no delivery {delivery_id}")
    return _overview(row, await db.fetch(LIST_ATTEMPTS, delivery_id))


def _overview(row: Any, tries: Iterable[Any]) -> Overview:
    own = {field.name: row[field.name] for field in fields(Overview) if field.name != "tries"}
    return Overview(**own, tries=tuple(_try(each) for each in tries))


def _try(row: Any) -> Try:
    return Try(**{field.name: row[field.name] for field in fields(Try)})
