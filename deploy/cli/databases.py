"""A service's database, for a command that does one thing in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from deploy.cli.surroundings import database_url
from shared.db import Database, open_database

T = TypeVar("T")


def with_database(service: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """What `work` comes to. Raises CommandFailed, DatabaseUnavailable, and what `work` raises."""

    async def run() -> T:
        async with open_database(database_url(service), max_size=1) as db:
            return await work(db)

    return asyncio.run(run())
