"""Who carries which keys: sixteen fixed shards, divided among the relays of a database by advisory locks.

A relay that dies loses its locks with its connection, and the others take its shards over. A shard is given up only
between two batches, when nothing of it is under way.
"""

import asyncpg

SHARDS = 16  # of the column `shard`
RELAYS, SHARD = 0x6F757462, 0x6F757463  # classes of advisory locks in this database: "outb", and the one after

JOIN = "select pg_advisory_lock_shared($1, 0)"
COUNT = """
    select count(*)
      from pg_locks
     where locktype = 'advisory' and classid = $1::bigint::oid and objid = 0 and granted
       and database = (select oid from pg_database where datname = current_database())
"""
TRY_LOCK = "select pg_try_advisory_lock($1, $2)"
UNLOCK = "select pg_advisory_unlock($1, $2)"


class Shards:
    """The shards this relay holds, on the connection that holds their locks."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.held: list[int] = []

    async def join(self) -> None:
        """Become one of those who share: they count who holds this lock."""
        await self._connection.execute(JOIN, RELAYS)

    async def balance(self) -> bool:
        """Gives up what is above the fair share, or takes what is free below it. Whether anything changed."""
        relays = await self._connection.fetchval(COUNT, RELAYS)
        fair = -(-SHARDS // max(relays, 1))
        before = list(self.held)
        while len(self.held) > fair:
            await self._connection.execute(UNLOCK, SHARD, self.held.pop())
        for shard in range(SHARDS):
            if len(self.held) >= fair:
                break
            if shard not in self.held and await self._connection.fetchval(TRY_LOCK, SHARD, shard):
                self.held.append(shard)
        return self.held != before
