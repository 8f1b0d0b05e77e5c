"""Deliveries as operators look at them. No address, no name: those are in the customer file."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from services.notifier.domain.errors import DeliveryNotFound
from services.notifier.domain.overview import Overview, Try, Wanted
from shared.db import Database
from shared.ids import DeliveryId

LIST_DELIVERIES = """
    select d.id, d.portal, d.mail, d.caused_by, d.occurred_at, d.account_id, a.identifier, d.state,
           d.tries as counted, d.queued_at, d.due_at, d.deliver_until, d.ended_at,
           d.due_at is not null and exists (select from paused_portals p where p.portal = d.portal) as paused,
           t.verdict, t.stage, t.code, t.enhanced, t.words, t.why, t.tried_at, t.seconds
      from deliveries d
      join accounts a on a.id = d.account_id
      left join lateral (select *, ended_at as tried_at from attempts
                          where delivery_id = d.id order by id desc limit 1) t on true
     where ($1::text is null or d.state = $1) and ($2::text[] is null or d.portal = any($2))
       and ($3::uuid is null or d.account_id = $3) and ($4::uuid is null or d.id < $4)
     order by d.id desc
     limit $5
"""

FIND_DELIVERY = """
    select d.id, d.portal, d.mail, d.caused_by, d.occurred_at, d.account_id, a.identifier, d.state,
           d.tries as counted, d.queued_at, d.due_at, d.deliver_until, d.ended_at,
           d.due_at is not null and exists (select from paused_portals p where p.portal = d.portal) as paused
      from deliveries d join accounts a on a.id = d.account_id
     where d.id = $1 and ($2::text[] is null or d.portal = any($2))
"""

LIST_ATTEMPTS = """
    select delivery_id, ended_at as tried_at, seconds, verdict, stage, code, enhanced, words, why
      from attempts
     where delivery_id = any($1::uuid[])
     order by id
"""


async def list_deliveries(db: Database, wanted: Wanted) -> list[Overview]:
    """Newest first."""
    rows = await db.fetch(LIST_DELIVERIES, wanted.state, wanted.portals, wanted.account, wanted.after, wanted.limit)
    return [_overview(row, [row] if row["verdict"] is not None else []) for row in rows]


async def list_with_tries(db: Database, wanted: Wanted) -> list[Overview]:
    """The same with every try of each."""
    found = await list_deliveries(db, wanted)
    tries: defaultdict[DeliveryId, list[Try]] = defaultdict(list)
    for row in await db.fetch(LIST_ATTEMPTS, [delivery.id for delivery in found]):
        tries[row["delivery_id"]].append(_try(row))
    return [replace(delivery, tries=tuple(tries[delivery.id])) for delivery in found]


async def get_delivery(db: Database, delivery_id: DeliveryId, portals: Sequence[str] | None = None) -> Overview:
    """Of one of these portals, where any are named. Raises DeliveryNotFound."""
    row = await db.fetchrow(FIND_DELIVERY, delivery_id, portals)
    if row is None:
        raise DeliveryNotFound(f"there is no delivery {delivery_id}")
    return _overview(row, await db.fetch(LIST_ATTEMPTS, [delivery_id]))


def _overview(row: Any, tries: Iterable[Any]) -> Overview:
    own = {field.name: row[field.name] for field in fields(Overview) if field.name != "tries"}
    return Overview(**own, tries=tuple(_try(each) for each in tries))


def _try(row: Any) -> Try:
    return Try(**{field.name: row[field.name] for field in fields(Try)})
