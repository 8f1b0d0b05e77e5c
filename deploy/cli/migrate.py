"""`guichet migrate [SERVICE]`: the owner roles' work, before the services of a new version start."""

import asyncio
from typing import get_args

from cyclopts import App

from deploy.cli.run import ServiceName
from deploy.cli.surroundings import database_url
from deploy.cli.waiting import Wait, patiently

app = App(
    name="migrate", help_epilogue="Example: `GUICHET_DATABASE_URL=postgresql://owner:…@host/db guichet migrate auth`"
)


@app.default
def migrate(service: ServiceName | None = None, *, wait: Wait = 0) -> None:
    """Apply the migrations a service's database lacks.

    The URL in GUICHET_DATABASE_URL must be the owner role's.

    Parameters
    ----------
    service
        Whose; every service of the running local stack when left out.
    wait
        Seconds a server may take until it answers.
    """
    from shared.db.migrate import migrate as apply

    for name in [service] if service else get_args(ServiceName):
        url = database_url(name)
        if wait:
            asyncio.run(_until_it_answers(url, wait))
        applied = apply(url, name)
        for migration in applied:
            print(f"{name}: {migration}")
        if not applied:
            print(f"{name}: up to date")


async def _until_it_answers(url: str, seconds: float) -> None:
    """Raises DatabaseUnavailable."""
    from shared.db import open_database
    from shared.errors import DatabaseUnavailable

    async with open_database(url, max_size=1) as db:
        await patiently(lambda: db.fetchval("select 1"), DatabaseUnavailable, seconds=seconds, what="the database")
