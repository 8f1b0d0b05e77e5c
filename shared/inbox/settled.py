"""Dead letters somebody has replayed or discarded: kept for a while to be looked at, then deleted."""

from datetime import timedelta

KEPT = timedelta(days=30)  # as long as topics keep their events

DELETE_SETTLED = """
    delete from dead_letters where id in (
        select id from dead_letters
         where state <> 'waiting' and settled_at < now() - $2::interval
         order by id
         limit $1
           for update skip locked)
"""
