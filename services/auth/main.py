"""auth as a process: its settings become its parts, and its roles run side by side."""

import asyncio
import os
from collections.abc import Iterable

from services.auth.app import TEMPLATES, build_api
from services.auth.deps import CONSUMER, Deps
from services.auth.handlers.take_active_contracts import take_active_contracts
from services.auth.hasher import Hasher
from services.auth.seeds import Seeds
from services.auth.settings import AuthSettings
from services.auth.sql.housekeeping import sweep
from shared.events import ActiveContractChanged, Topic
from shared.keys import KeyFile
from shared.process import Role, run_roles
from shared.running import answering, attending, consuming, open_ground, publishing
from shared.sealing import Sealer

ROLES = frozenset({"api", "relay", "consumer"})
SOURCE = "/guichet/auth"
HURRIED = ("notifier", "contracts")  # the consumers who must not be buried under an import


async def run(settings: AuthSettings, roles: frozenset[str], stop: asyncio.Event) -> None:
    """Until `stop`; every role where `roles` is empty.

    Raises PortalFaults, SettingsFaults, KeysUnusable for what cannot be started.
    """
    hasher = Hasher(threads=settings.hash_threads, waiting=settings.hash_queue)
    try:
        async with open_ground(settings, "auth", os.environ.get("GUICHET_FAULT"), TEMPLATES) as ground:
            token_keys = KeyFile(settings.token_keys_file)
            deps = Deps(
                db=ground.db,
                portals=ground.portals,
                hasher=hasher,
                sealer=Sealer(KeyFile(settings.seal_keys_file)),
                seeds=Seeds(token_keys),
                token_keys=token_keys,
                doorbell=ground.doorbell,
                health=ground.health,
            )
            await run_roles(list(_roles(settings, deps, roles or ROLES)), stop, deps.health)
    finally:
        hasher.close()


def _roles(settings: AuthSettings, deps: Deps, wanted: frozenset[str]) -> Iterable[Role]:
    yield from attending(settings, deps)
    if "api" in wanted:
        yield answering(settings, deps, lambda: build_api(deps, settings))
    if "relay" in wanted:
        longest = max(portal.policy.session.absolute for portal in deps.portals)
        yield from publishing(settings, deps, source=SOURCE, sweep=lambda: sweep(deps.db, longest), paced_by=HURRIED)
    if "consumer" in wanted:
        yield consuming(
            settings,
            deps,
            consumer=CONSUMER,
            topics=(Topic.ACTIVE_CONTRACTS,),
            handles=(ActiveContractChanged,),
            handle=take_active_contracts,
        )
