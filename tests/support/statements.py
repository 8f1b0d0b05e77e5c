"""What a database server was asked to do, by its own log."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.local.postgres import PostgresServer
from tests.support.stack import TestDatabase

LOGGED = re.compile(r"^(?P<database>\w*)\|LOG: +(?:execute [^:]*|statement): (?P<statement>.*?)(?=^\w*\|)", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Watch:
    log: Path
    database: str
    since: int

    def statements(self) -> list[str]:
        """In order, with single blanks; what only wakes somebody up is left out."""
        text = self.log.read_bytes()[self.since :].decode() + f"{self.database}|"
        found = [match for match in LOGGED.finditer(text) if match["database"] == self.database]
        asked = [" ".join(match["statement"].split()) for match in found]
        return [statement for statement in asked if not statement.startswith("notify")]

    def anew(self) -> "Watch":
        return Watch(self.log, self.database, self.log.stat().st_size)


@asynccontextmanager
async def watching(server: PostgresServer, database: TestDatabase) -> AsyncIterator[Watch]:
    """The server logs every statement while the block lasts, of connections that are open already too."""
    connection = await asyncpg.connect(f"{server.url}/postgres")
    try:
        await connection.execute("alter system set log_statement = 'all'")
        await connection.execute("alter system set log_line_prefix = '%d|'")
        await connection.execute("select pg_reload_conf()")
        log = server.folder / "postgres.log"
        yield Watch(log, database.name, log.stat().st_size)
    finally:
        await connection.execute("alter system reset all")
        await connection.execute("select pg_reload_conf()")
        await connection.close()
