"""Taking rows out of the outbox, and deleting what Kafka has.

A fetch takes, in one statement and so from one snapshot, the next rows of a lane *and every earlier row of their keys,
whatever the lane*. Transactions on one key follow each other (their writers hold the key's row), so whoever sees a
row of a key sees all earlier ones: no row is ever overtaken by a later one of its key, however late it commits, and
a live row takes its key's waiting bulk rows along.
"""

from collections.abc import Sequence

import asyncpg

from shared.outbox.insert import Lane

FETCH = """
    with fresh as (
        select seq, aggregateid
          from outbox
         where lane = $1 and seq > $2 and shard = any($3::smallint[])
         order by seq
         limit $4
    ), keys as (
        select aggregateid, max(seq) as newest from fresh group by aggregateid
    )
    select o.seq, o.id, o.aggregatetype, o.aggregateid, o.type, o.payload, o.lane, o.portal, o.traceparent,
           o.occurred_at
      from keys
      join outbox o on o.aggregateid = keys.aggregateid and o.seq <= keys.newest
     order by o.seq
"""

DELETE = """
    delete from outbox
     where (lane, seq) in (select * from unnest($1::smallint[], $2::bigint[]))
"""

# A writer holds this lock from before it takes a seq until it has ended, and everybody may see locks.
WRITERS = """
    select virtualtransaction
      from pg_locks
     where locktype = 'relation' and relation = 'outbox'::regclass and mode = 'RowExclusiveLock'
       and database = (select oid from pg_database where datname = current_database())
"""

NEWEST_SEQ = "select coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'seq')::regclass), 0)"


async def list_waiting(
    connection: asyncpg.Connection, lane: Lane, *, after: int, shards: Sequence[int], limit: int
) -> list[asyncpg.Record]:
    """In `seq` order: at most `limit` rows of the lane, and what must go before them."""
    rows: list[asyncpg.Record] = await connection.fetch(FETCH, lane, after, shards, limit)
    return rows


async def delete(connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
    await connection.execute(DELETE, [row["lane"] for row in rows], [row["seq"] for row in rows])


async def newest_seq(connection: asyncpg.Connection) -> int:
    """The highest `seq` anybody was given, committed or not."""
    seq: int = await connection.fetchval(NEWEST_SEQ)
    return seq


async def list_writers(connection: asyncpg.Connection) -> frozenset[str]:
    """The transactions that may still commit rows."""
    return frozenset(row["virtualtransaction"] for row in await connection.fetch(WRITERS))
