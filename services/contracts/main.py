"""contracts as a process: its settings become its parts, and its roles run side by side."""

import asyncio
import os
from collections.abc import Iterable
from functools import partial

from services.contracts.app import TEMPLATES, build_api
from services.contracts.deps import CONSUMER, Deps
from services.contracts.handlers.take_accounts import HEARD, take_accounts
from services.contracts.settings import ContractsSettings
from shared.events import Topic
from shared.housekeeping import sweep
from shared.keys import KeyFile
from shared.process import Role, run_roles
from shared.running import answering, attending, consuming, open_ground, publishing
from shared.sealing import Sealer

ROLES = frozenset({"api", "relay", "consumer"})
SOURCE = "/guichet/contracts"
HURRIED = ("notifier", "auth")  # the consumers who must not be buried under an import


async def run(settings: ContractsSettings, roles: frozenset[str], stop: asyncio.Event) -> None:
    """Until `stop`; every role where `roles` is empty.

    Raises PortalFaults, SettingsFaults, KeysUnusable for what cannot be started.
    """
    async with open_ground(settings, "contracts", os.environ.get("GUICHET_FAULT"), TEMPLATES) as ground:
        deps = Deps(
            db=ground.db,
            portals=ground.portals,
            sealer=Sealer(KeyFile(settings.seal_keys_file)),
            token_keys=KeyFile(settings.token_keys_file),
            doorbell=ground.doorbell,
            health=ground.health,
        )
        await run_roles(list(_roles(settings, deps, roles or ROLES)), stop, deps.health)


def _roles(settings: ContractsSettings, deps: Deps, wanted: frozenset[str]) -> Iterable[Role]:
    yield from attending(settings, deps)
    if "api" in wanted:
        yield answering(settings, deps, lambda: build_api(deps, settings))
    if "relay" in wanted:
        yield from publishing(settings, deps, source=SOURCE, sweep=partial(sweep, deps.db), paced_by=HURRIED)
    if "consumer" in wanted:
        yield consuming(
            settings,
            deps,
            consumer=CONSUMER,
            topics=(Topic.CONTACTS, Topic.ACCOUNTS),
            handles=HEARD,
            handle=take_accounts,
            after_commit=deps.doorbell.ring,
        )
