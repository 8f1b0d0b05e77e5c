"""The connection pool. Every way in which PostgreSQL can fail to answer becomes `DatabaseUnavailable`, in one place."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from shared.errors import DatabaseUnavailable

STATEMENT_TIMEOUT = 15.0  # seconds; a statement that runs longer has met a lock or a sick server
ACQUIRE_TIMEOUT = 5.0  # seconds a request waits for a connection before it is told 503
CLOSE_TIMEOUT = 0.5  # seconds for a goodbye to the server, at the very end of a process's ten

# Class 08: connection exception, 40: the transaction was rolled back (in a deadlock), 53: out of connections, memory or
# disk, 57P: the server is going down or coming up, 25006: it has become a read-only standby (PostgreSQL, appendix A).
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _UNAVAILABLE as error:
        raise DatabaseUnavailable(f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction. `now` is its start by the database's clock, the only clock that decides on expiry."""

    connection: "asyncpg.pool.PoolConnectionProxy"
    now: datetime

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]:
        with _translated():
            rows: list[asyncpg.Record] = await self.connection.fetch(query, *args)
            return rows

    async def fetchrow(self, query: str, *args: object) -> asyncpg.Record | None:
        with _translated():
            return await self.connection.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: object) -> Any:
        with _translated():
            return await self.connection.fetchval(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        """The server's command tag, such as `UPDATE 1`."""
        with _translated():
            tag: str = await self.connection.execute(query, *args)
            return tag

    async def executemany(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        with _translated():
            await self.connection.executemany(query, rows)


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Nothing here leaves anything behind in a session (no SET, LISTEN, cursor or session lock), so nothing has to be
    cleared away: asyncpg's RESET ALL after each use is a round trip more, half of the cost of a single statement."""

    def get_reset_query(self) -> str:
        return ""


class Database:
    """A pool of connections to one service's database."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits when the block ends well. Raises DatabaseUnavailable where the commit was not confirmed."""
        with _translated():
            connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT)
        try:
            with _translated():
                begun = connection.transaction()
                await begun.start()
            try:
                with _translated():
                    now = await connection.fetchval("select now()")
                yield Transaction(connection, now)
            except BaseException:
                await _roll_back(begun)
                raise
            with _translated():
                await begun.commit()
        finally:
            await self._give_back(connection)

    async def _give_back(self, connection: "asyncpg.pool.PoolConnectionProxy") -> None:
        try:
            await self._pool.release(connection)
        except _UNAVAILABLE:
            connection.terminate()  # the server is gone; the outcome was decided before

    async def fetch(self, query: str, *args: object) -> list[asyncpg.Record]:
        """One statement in a transaction of its own, as are the three below."""
        with _translated():
            rows: list[asyncpg.Record] = await self._pool.fetch(query, *args)
            return rows

    async def fetchrow(self, query: str, *args: object) -> asyncpg.Record | None:
        with _translated():
            return await self._pool.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: object) -> Any:
        with _translated():
            return await self._pool.fetchval(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        with _translated():
            tag: str = await self._pool.execute(query, *args)
            return tag


async def _roll_back(begun: "asyncpg.transaction.Transaction") -> None:
    try:
        await asyncio.shield(begun.rollback())
    except (*_UNAVAILABLE, asyncpg.PostgresError):
        pass  # a connection that cannot roll back is closed, and the server rolls back by itself


@asynccontextmanager
async def open_database(url: str, *, max_size: int = 10) -> AsyncIterator[Database]:
    """Opens lazily: a server that is down is met by the first statement, so a process can start before its database."""
    pool = asyncpg.create_pool(
        url,
        connection_class=_Connection,
        min_size=0,
        max_size=max_size,
        command_timeout=STATEMENT_TIMEOUT,
        timeout=ACQUIRE_TIMEOUT,
    )
    await pool
    try:
        yield Database(pool)
    finally:
        await _close(pool)


async def _close(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await pool.close()
    except (*_UNAVAILABLE, asyncpg.PostgresError):
        pool.terminate()
