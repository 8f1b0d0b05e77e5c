"""The audit as it is read: by whom, about whom, when; and reading it is written down too."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.audit.actors import Actor
from shared.audit.entries import insert_entry
from shared.db import Database
from shared.ids import AccountId, ContractId, PortalName

LIST = """
    select seq, at, actor_kind, actor_id, action, portal, account_id, contract_id, origin, details
      from audit
     where ($1::text[] is null or portal = any($1))
       and ($2::uuid is null or account_id = $2)
       and ($3::uuid is null or contract_id = $3)
       and ($4::text is null or actor_id = $4 or actor_kind = $4)
       and ($5::text is null or action = $5)
       and ($6::timestamptz is null or at >= $6)
       and ($7::timestamptz is null or at < $7)
       and ($8::bigint is null or seq < $8)
     order by seq desc
     limit $9
"""

LOT = 1000  # entries an export reads at once: no transaction is open while somebody downloads


@dataclass(frozen=True, slots=True)
class Entry:
    """`actor.kind` and `action` may be of a version that had others."""

    seq: int
    at: datetime
    actor: Actor
    action: str
    portal: str
    account_id: AccountId | None
    contract_id: ContractId | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """None: whatever it is. `actor`: an id, or a kind of actors; `since` is included, `until` is not."""

    portals: Sequence[str] | None = None
    account_id: AccountId | None = None
    contract_id: ContractId | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`after`: where the older ones begin; None at the end."""

    entries: Sequence[Entry]
    after: int | None


async def show_entries(db: Database, reader: Actor, sought: Sought, *, after: int | None, limit: int) -> Found:
    """Newest first; those older than `after`."""
    more = await list_entries(db, sought, after=after, limit=limit + 1)
    found = more[:limit]
    where = _portal(sought)
    await insert_entry(db, reader, "audit_shown", where, account_id=sought.account_id, contract_id=sought.contract_id)
    return Found(found, found[-1].seq if len(more) > len(found) else None)


async def export_entries(db: Database, reader: Actor, sought: Sought) -> AsyncIterator[Sequence[Entry]]:
    """All there are, lot by lot, newest first; the first is read before this returns."""
    where = _portal(sought)
    await insert_entry(
        db, reader, "audit_exported", where, account_id=sought.account_id, contract_id=sought.contract_id
    )
    first = await list_entries(db, sought, after=None, limit=LOT)

    async def lots() -> AsyncIterator[Sequence[Entry]]:
        lot = first
        while lot:
            yield lot
            lot = await list_entries(db, sought, after=lot[-1].seq, limit=LOT) if len(lot) == LOT else []

    return lots()


async def list_entries(db: Database, sought: Sought, *, after: int | None, limit: int) -> Sequence[Entry]:
    of_whom = sought.portals, sought.account_id, sought.contract_id, sought.actor, sought.action
    rows = await db.fetch(LIST, *of_whom, sought.since, sought.until, after, limit)
    return [
        Entry(
            row["seq"],
            row["at"],
            Actor(row["actor_kind"], row["actor_id"], row["origin"]),
            row["action"],
            row["portal"],
            row["account_id"],
            row["contract_id"],
            json.loads(row["details"]),
        )
        for row in rows
    ]


def _portal(sought: Sought) -> PortalName:
    """Whose entries were asked for, as far as that is one portal's."""
    return PortalName(sought.portals[0] if sought.portals and len(sought.portals) == 1 else "desk")
