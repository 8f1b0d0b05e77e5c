"""Deliveries. Every statement that writes one runs under its account's row, and names the lease it was read with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.notifier.domain.accounts import Account
from services.notifier.domain.deliveries import Delivery, State
from services.notifier.domain.errors import DeliveryNotFound
from services.notifier.domain.mails import Mail
from services.notifier.sql.accounts import account_from
from shared.db import Database, Transaction
from shared.ids import AccountId, DeliveryId

LIST_WAITING = """
    select id as delivery_id, account_id, portal as delivery_portal, mail, caused_by, occurred_at,
           generation as delivery_generation, contact_version, deliver_until, sealed, traceparent, state, due_at, tries,
           unknowns, language as delivery_language
      from deliveries
     where account_id = any($1::uuid[]) and ended_at is null and state <> 'sending'
"""

INSERT_ALL = """
    insert into deliveries (id, account_id, portal, mail, caused_by, occurred_at, generation, contact_version,
                            deliver_until, sealed, traceparent, state, due_at, language, ended_at)
    select n.*, case when n.due_at is null then now() end
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[], $7::bigint[],
                  $8::bigint[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
                  $14::text[])
        as n (id, account_id, portal, mail, caused_by, occurred_at, generation, contact_version, deliver_until, sealed,
              traceparent, state, due_at, language)
        on conflict (id) do nothing
    returning id
"""

_DELIVERIES_AND_ACCOUNTS = """
    select d.id as delivery_id, d.account_id, d.portal as delivery_portal, d.mail, d.caused_by, d.occurred_at,
           d.generation as delivery_generation, d.contact_version, d.deliver_until, d.sealed, d.traceparent, d.state,
           d.due_at, d.tries, d.unknowns, d.lease, d.language as delivery_language,
           a.id, a.portal, a.generation, a.closed, a.closed_as_of, a.erased,
           a.version, a.identifier, a.address, a.title, a.name, a.language, a.shared
"""

_WITH_ACCOUNTS = (
    _DELIVERIES_AND_ACCOUNTS
    + """
      from deliveries d join accounts a on a.id = d.account_id
"""
)

# Of one account mails leave in the order of their facts, one at a time. One that is being sent comes up again when its
# lease is over; the others wait until then. Which accounts are next is found first, and few: a join of all that is due
# with itself would be made anew for every lot of a backlog. Of a paused portal, mails are looked at once their deadline
# has come.
#
# No statistics may make these slow: between an analysis while nothing waits and the next one, the planner believes that
# nothing does, and all ways to it are as good. So each question is put in words that one index alone can answer (0004):
# `ended_at is null` and `offset 0` for one account's, `coalesce` where `due_at` is only to be compared.
LOCK_DUE = (
    _DELIVERIES_AND_ACCOUNTS  # noqa: S608 -- of constants only
    + """
      from (select distinct account_id
              from (select d.account_id
                      from deliveries d
                     where d.due_at <= now()
                       and (d.deliver_until <= now() or d.portal not in (select portal from paused_portals))
                       and not exists (select from deliveries o
                                        where o.account_id = d.account_id and o.state = 'sending'
                                          and coalesce(o.due_at > now(), false) offset 0)
                     order by d.due_at
                     limit $1) longest_due) n
      join accounts a on a.id = n.account_id
     cross join lateral (select *
                           from (select * from deliveries
                                  where account_id = n.account_id and ended_at is null offset 0) o
                          where o.due_at <= now()
                            and (o.deliver_until <= now() or o.portal not in (select portal from paused_portals))
                          order by (o.state = 'sending') desc, o.occurred_at, o.caused_by
                          limit 1) d
     order by d.due_at
       for update of a skip locked
"""
)

LOCK_PAST_DEADLINE = (
    _WITH_ACCOUNTS
    + """
     where d.deliver_until <= now() and d.ended_at is null
       and d.due_at is not null and coalesce(d.due_at <= now(), false)
       and not exists (select from deliveries o
                        where o.account_id = d.account_id and o.state = 'sending' and o.id <> d.id)
     order by d.due_at
     limit $1
       for update of a skip locked
"""
)

LOCK = (
    _WITH_ACCOUNTS
    + """
     where d.id = $1
       for update of a, d
"""
)

LEASE_ALL = """
    update deliveries d
       set state = 'sending', lease = $1, due_at = now() + $2::interval
      from unnest($3::uuid[], $4::timestamptz[]) as n (id, due_at)
     where d.id = n.id
       and d.due_at is not distinct from n.due_at  -- unchanged since it was read, before its account's row was ours
       and not exists (select from deliveries o
                        where o.account_id = d.account_id and o.state = 'sending' and o.id <> d.id)
    returning d.id
"""

SAVE_ALL = """
    update deliveries d
       set state = n.state, due_at = n.due_at, tries = n.tries, unknowns = n.unknowns, sealed = n.sealed, lease = null,
           ended_at = case when n.due_at is null then now() end
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $6::int[], $7::text[])
        as n (id, lease, state, due_at, tries, unknowns, sealed)
     where d.id = n.id and d.lease is not distinct from n.lease
    returning d.id
"""

NEXT_DUE = """
    select min(due_at) - now() from deliveries where due_at > now()
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A delivery as it was read: with its account, and the lease it was under."""

    delivery: Delivery
    account: Account
    lease: UUID | None


async def list_waiting(tx: Transaction, accounts: Collection[AccountId]) -> list[Delivery]:
    """Of these accounts, those that are still to be sent and are not being sent now."""
    return [delivery_from(row) for row in await tx.fetch(LIST_WAITING, list(accounts))]


async def insert_all(tx: Transaction, deliveries: Sequence[Delivery]) -> set[DeliveryId]:
    """The ids of those that were not there yet."""
    if not deliveries:
        return set()
    rows = await tx.fetch(INSERT_ALL, *_columns(map(_row, deliveries)))
    return {row["id"] for row in rows}


async def lock_due(tx: Transaction, limit: int, *, past_deadline: bool = False) -> list[Found]:
    """The next ones to look at, the longest due first; those of accounts another process works on are passed over."""
    rows = await tx.fetch(LOCK_PAST_DEADLINE if past_deadline else LOCK_DUE, limit)
    return [Found(delivery_from(row), account_from(row), row["lease"]) for row in rows]


async def lock_delivery(tx: Transaction, delivery_id: DeliveryId) -> Found:
    """Raises DeliveryNotFound."""
    row = await tx.fetchrow(LOCK, delivery_id)
    if row is None:
        raise DeliveryNotFound(f"there is no delivery {delivery_id}")
    return Found(delivery_from(row), account_from(row), row["lease"])


async def lease_all(tx: Transaction, found: Sequence[Found], lease: UUID, length: timedelta) -> set[DeliveryId]:
    """The ids of those that are ours now, until `length` from the transaction's start."""
    if not found:
        return set()
    ids, dues = [f.delivery.id for f in found], [f.delivery.due_at for f in found]
    return {row["id"] for row in await tx.fetch(LEASE_ALL, lease, length, ids, dues)}


async def save_all(tx: Transaction, deliveries: Sequence[tuple[Delivery, UUID | None]]) -> set[DeliveryId]:
    """Each with the lease it was read with. The ids of those that still stood under it; the others are not ours."""
    if not deliveries:
        return set()
    rows = await tx.fetch(SAVE_ALL, *_columns(_changes(delivery, lease) for delivery, lease in deliveries))
    return {row["id"] for row in rows}


async def next_due(db: Database) -> timedelta | None:
    """How long until the next one is due, of those that are not due yet."""
    wait: timedelta | None = await db.fetchval(NEXT_DUE)
    return wait


def delivery_from(row: Any) -> Delivery:
    """From a row whose columns are those of the queries above."""
    return Delivery(
        row["delivery_id"],
        row["account_id"],
        row["delivery_portal"],
        Mail(row["mail"]),
        row["caused_by"],
        row["occurred_at"],
        row["delivery_generation"],
        row["contact_version"],
        row["deliver_until"],
        row["sealed"],
        row["traceparent"],
        State(row["state"]),
        row["due_at"],
        row["tries"],
        row["unknowns"],
        row["delivery_language"],
    )


def _row(d: Delivery) -> tuple[object, ...]:
    return (
        d.id,
        d.account_id,
        d.portal,
        d.mail.value,
        d.caused_by,
        d.occurred_at,
        d.generation,
        d.contact_version,
        d.deliver_until,
        d.sealed if d.may_be_sent else None,
        d.traceparent,
        d.state.value,
        d.due_at,
        d.language,
    )


def _changes(d: Delivery, lease: UUID | None) -> tuple[object, ...]:
    return d.id, lease, d.state.value, d.due_at, d.tries, d.unknowns, d.sealed if d.may_be_sent else None


def _columns(rows: Any) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
