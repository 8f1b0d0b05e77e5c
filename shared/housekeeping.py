"""What nobody needs any more is deleted, a bounded lot at a time, so that no sweep holds anybody up for long."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.db import Database
from shared.inbox.settled import DELETE_SETTLED, KEPT
from shared.process import wait_for

DELETE_LIMITS = "delete from limits where digest in (select digest from limits where ends_at < now() limit $1)"

DELETE_ANSWERS = """
    delete from idempotency_answers where digest in (
        select digest from idempotency_answers where claimed_at < now() - interval '24 hours' limit $1)
"""

DELETE_IMPORTS = """
    delete from imports where portal in (
        select portal from imports where begun_at < now() - interval '7 days' limit $1)
"""

LOT = 5000  # rows
SWEEP_EVERY, NEXT_LOT = 60.0, 0.1  # seconds; NEXT_LOT while there is more

Deletion = tuple[str, *tuple[object, ...]]  # a statement whose $1 is the lot, and what follows that

IN_EVERY_SERVICE: tuple[Deletion, ...] = (
    (DELETE_LIMITS,),
    (DELETE_ANSWERS,),
    (DELETE_IMPORTS,),
    (DELETE_SETTLED, KEPT),
)


async def sweep(db: Database, *own: Deletion, lot: int = LOT) -> None:
    """Until nothing is left to delete, in a service's own tables and in those every service has.

    Raises the first failure, after all other tables were swept.
    """
    failures: list[Exception] = []
    for statement, *args in (*own, *IN_EVERY_SERVICE):
        try:
            while await _delete(db, statement, lot, *args) == lot:
                pass
        except Exception as error:  # whatever ails one table, the others must not fill up
            failures.append(error)
    if failures:
        raise failures[0]


async def keep_house(sweep: Callable[[], Awaitable[bool | None]], stop: asyncio.Event) -> None:
    """Sweeps once a minute, and again at once where `sweep` says that there is more. Raises what that raises."""
    more: bool | None = False
    while not await wait_for(stop, NEXT_LOT if more else SWEEP_EVERY):
        more = await sweep()


async def _delete(db: Database, statement: str, *args: object) -> int:
    """How many rows went, or lost what they held of a person."""
    tag = await db.execute(statement, *args)
    return int(tag.rpartition(" ")[2])
