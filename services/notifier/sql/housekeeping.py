"""What nobody needs any more goes, a bounded lot at a time, so that no sweep holds anybody up."""

from datetime import timedelta

from shared.db import Database
from shared.housekeeping import IN_EVERY_SERVICE, Deletion

KEPT = timedelta(days=400)  # what became of a mail, for the desk: a year, and the time it takes to ask
LOT = 1000

# Of those at rest: one that is still due is ended by whoever looks at it next. An operator who has it tried again at
# this moment holds the row; past the deadline he is refused.
FORGET_SECRETS = """
    update deliveries set sealed = null where id in (
        select id from deliveries
         where sealed is not null and due_at is null and deliver_until < now()
         order by deliver_until
         limit $1
           for update skip locked)
"""

DELETE_ENDED = """
    delete from deliveries where id in (
        select id from deliveries
         where ended_at < now() - $2::interval
         order by ended_at
         limit $1
           for update skip locked)
"""


OWN: tuple[Deletion, ...] = ((FORGET_SECRETS,), (DELETE_ENDED, KEPT))


async def sweep(db: Database, lot: int = LOT) -> bool:
    """Secrets past their deadline, mails long ended (with their tries), and what no service needs for ever: a lot of
    each. Whether there may be more."""
    more = False
    for statement, *args in (*OWN, *IN_EVERY_SERVICE):
        tag = await db.execute(statement, lot, *args)
        more |= int(tag.rpartition(" ")[2]) == lot
    return more
