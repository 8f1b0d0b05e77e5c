"""Activations as customers ask for them, and when each one's mail was taken."""

import asyncpg

from benchmarks.customers import address, number
from benchmarks.stamping_sink import StampingSink
from benchmarks.until import until
from benchmarks.web import Clients
from benchmarks.world import World
from deploy.local.child import Child

# PostgreSQL notes the time before it writes the commit to disk, so the write counts too.
COMMITTED = """
    select a.email, extract(epoch from pg_xact_commit_timestamp(c.xmin))::float8 as at
      from credentials c join accounts a on a.id = c.account_id
     where c.generation > 0
     order by at
"""


async def activate(clients: Clients, customer: int) -> None:
    """« Activation du compte »; returns when it is accepted."""
    answer = await clients.post("/api/v1/activations", {"email": address(customer)})
    answer.expect(202)


async def from_commit_to_mail(
    world: World, sink: StampingSink, notifier: Child, count: int, *, within: float = 60
) -> dict[int, float]:
    """Seconds, by the numbers of the `count` customers who activated, in the order of their commits.

    Raises TimeoutError where not all of the mails were taken `within` seconds from now.
    """

    async def taken() -> int:
        return len(sink.taken())

    await until(taken, count, within=within, child=notifier, every=0.5)
    database = await asyncpg.connect(world.databases["auth"])
    try:
        committed = await database.fetch(COMMITTED)
    finally:
        await database.close()
    mailed = sink.taken()
    return {number(row["email"]): mailed[row["email"]] - row["at"] for row in committed}
