"""The notifier as a process: its settings become its parts, and its roles run side by side."""

import asyncio
import os
from collections.abc import Iterable
from functools import partial

from services.notifier.app import TEMPLATES, build_api
from services.notifier.deliverer.deliverer import Deliverer
from services.notifier.deps import CONSUMER, Deps, Pace
from services.notifier.domain.facts import HEARD
from services.notifier.handlers.take_facts import take_facts
from services.notifier.settings import NotifierSettings
from services.notifier.sql.housekeeping import sweep
from shared.doorbell import Doorbell
from shared.events import Topic
from shared.keys import KeyFile
from shared.process import Role, run_roles
from shared.running import answering, attending, consuming, open_ground, publishing
from shared.sealing import Opener

ROLES = frozenset({"api", "relay", "consumer", "deliverer"})
SOURCE = "/guichet/notifier"


async def run(
    settings: NotifierSettings, roles: frozenset[str], stop: asyncio.Event, *, pace: Pace | None = None
) -> None:
    """Until `stop` and what is in flight then; every role where `roles` is empty. `pace`: another one, for tests.

    Raises PortalFaults, SettingsFaults, KeysUnusable for what cannot be started.
    """
    async with open_ground(settings, "notifier", os.environ.get("GUICHET_FAULT"), TEMPLATES) as ground:
        deps = Deps(
            db=ground.db,
            portals=ground.portals,
            opener=Opener(KeyFile(settings.seal_keys_file)),
            token_keys=KeyFile(settings.token_keys_file),
            smtp=settings.smtp,
            doorbell=ground.doorbell,
            due=Doorbell(settings.dsn, "deliveries"),
            health=ground.health,
            pace=pace or Pace(senders=settings.smtp_connections),
        )
        await run_roles(list(_roles(settings, deps, roles or ROLES)), stop, deps.health)


def _roles(settings: NotifierSettings, deps: Deps, wanted: frozenset[str]) -> Iterable[Role]:
    yield from attending(settings, deps)
    if wanted - {"relay"}:
        yield Role("due", partial(deps.due.run, listen="deliverer" in wanted))
    if "api" in wanted:
        yield answering(settings, deps, lambda: build_api(deps, settings))
    if "relay" in wanted:
        yield from publishing(settings, deps, source=SOURCE, sweep=partial(sweep, deps.db))
    if "consumer" in wanted:
        yield consuming(
            settings,
            deps,
            consumer=CONSUMER,
            topics=(Topic.CONTACTS, Topic.ACCOUNTS, Topic.CONTRACTS),
            handles=HEARD,
            handle=take_facts,
            after_commit=deps.due.ring,
        )
    if "deliverer" in wanted:
        yield Role("deliverer", lambda stop: Deliverer(deps).run(stop), settles_in=None)
