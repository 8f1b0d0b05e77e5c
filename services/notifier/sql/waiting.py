"""How it stands with the deliveries that are not at their end. Reads only those, however many there were before."""

from dataclasses import dataclass

from shared.db import Database

COUNT_WAITING = """
    select state, count(*) as number from deliveries where due_at is not null group by state
"""

MEASURE_WAITING = """
    select extract(epoch from now() - min(d.due_at) filter (
               where d.due_at < now() and d.state <> 'sending'
                 and d.portal not in (select portal from paused_portals)))::float8 as oldest_due,
           count(*) filter (where (d.contact_version is null or a.version >= d.contact_version)
                              and d.occurred_at < now() - interval '5 min') as late,
           count(*) filter (where (d.contact_version is null or a.version >= d.contact_version) is not true
                              and d.queued_at < now() - interval '15 min') as without_contact
      from deliveries d join accounts a on a.id = d.account_id
     where d.due_at is not null
"""

COUNT_PAUSED = """
    select p.portal, count(d.id) as number
      from paused_portals p left join deliveries d on d.portal = p.portal and d.due_at is not null
     group by p.portal
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """`oldest_due` in seconds, of those that are not held back; `late`: with its address, asked for more than 5 minutes
    ago, wherever the time went; `without_contact`: 15 minutes here without."""

    oldest_due: float
    late: int
    without_contact: int


async def count_waiting(db: Database) -> dict[str, int]:
    return {row["state"]: row["number"] for row in await db.fetch(COUNT_WAITING)}


async def count_paused(db: Database) -> dict[str, int]:
    """How many wait, for each portal whose mails are held back."""
    return {row["portal"]: row["number"] for row in await db.fetch(COUNT_PAUSED)}


async def measure_waiting(db: Database) -> Measured:
    [row] = await db.fetch(MEASURE_WAITING)
    return Measured(row["oldest_due"] or 0.0, row["late"], row["without_contact"])
