"""The notifier as a process: settings, what they open, roles. The only file here that reads the environment."""

import asyncio
import os

from services.notifier.app import build_roles
from services.notifier.deps import Deps, Pace
from services.notifier.settings import NotifierSettings
from shared.db import open_database
from shared.health import Health
from shared.keys import KeyFile
from shared.outbox import Doorbell
from shared.portals import load_portals
from shared.process import run_roles
from shared.running import begin
from shared.sealing import Opener


async def run(
    settings: NotifierSettings, roles: frozenset[str], stop: asyncio.Event, *, pace: Pace | None = None
) -> None:
    """Until `stop` and what is in flight then; no roles named means all. `pace`: another one, for tests.

    Raises PortalFaults, KeysUnusable before anything runs.
    """
    begin(settings, "notifier", os.environ.get("GUICHET_FAULT"))
    portals, keys, url = (
        load_portals(settings.portals),
        KeyFile(settings.seal_keys_file),
        str(settings.database_url.get_secret_value()),
    )
    async with open_database(url, max_size=settings.database_connections) as db:
        deps = Deps(
            db=db,
            portals=portals,
            opener=Opener(keys),
            smtp=settings.smtp,
            doorbell=Doorbell(url),
            health=Health(),
            pace=pace or Pace(senders=settings.smtp_connections),
        )
        await run_roles(list(build_roles(settings, deps, roles)), stop, deps.health)
