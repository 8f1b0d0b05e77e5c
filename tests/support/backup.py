"""A service's database, backed up and brought back as docs/operations.md has it."""

import asyncio
from pathlib import Path

from deploy.local.databases import with_database
from deploy.local.postgres import PostgresServer, program
from tests.support.command import guichet
from tests.support.running import Service
from tests.support.stack import TestDatabase


async def back_up(server: PostgresServer, database: TestDatabase, folder: Path) -> Path:
    """While the service runs."""
    file = folder / f"{database.service}.dump"
    await _done("pg_dump", "--format=custom", f"--file={file}", with_database(server.url, database.name))
    return file


async def restore(server: PostgresServer, service: Service, file: Path) -> list[str]:
    """What `guichet restored` says. The service, which has stopped, runs again afterwards."""
    await _done("pg_restore", "--clean", "--create", f"--dbname={with_database(server.url, 'postgres')}", str(file))
    done = await guichet("restored", service.name, environment=service.environment)
    assert (done.status, done.err) == (0, "")
    await service.start()
    return done.out.splitlines()


async def _done(name: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(program(name), *arguments, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
