"""auth as a process: its settings become its parts, and its roles run side by side."""

import asyncio
import os
from contextlib import suppress

import structlog

from services.auth.app import build_api
from services.auth.deps import Deps
from services.auth.hasher import Hasher
from services.auth.settings import AuthSettings
from services.auth.sql.housekeeping import sweep
from shared import faults
from shared.admin import admin_app
from shared.db import open_database
from shared.health import Health
from shared.keys import KeyFile
from shared.outbox import Doorbell, Relay
from shared.portals import Portals, UnknownHost, load_portals
from shared.process import Role, run_roles, wait_for
from shared.sealing import Sealer
from shared.serving import serve
from shared.settings import SettingsFaults
from shared.telemetry import logs, traces
from shared.web.addresses import trusted_networks

log = structlog.get_logger()

ROLES = frozenset({"api", "relay"})
SOURCE = "/guichet/auth"
HURRIED = ("notifier",)  # the consumers who must not be buried under an import
SWEEP_EVERY = 60.0  # seconds


async def run(settings: AuthSettings, roles: frozenset[str], stop: asyncio.Event) -> None:
    """Until `stop`; every role where `roles` is empty.

    Raises PortalFaults, SettingsFaults, KeysUnusable for what cannot be started.
    """
    logs.configure(settings.log_format, "auth")
    settings.log_doubts()
    traces.configure("auth")
    if fault := os.environ.get("GUICHET_FAULT"):
        faults.arm(fault)
    portals = load_portals(settings.portals)
    _refuse_shared_host(portals, settings.desk_host)
    health, url = Health(), str(settings.database_url.get_secret_value())
    hasher = Hasher(threads=settings.hash_threads, waiting=settings.hash_queue)
    try:
        async with open_database(url, max_size=settings.database_connections) as db:
            deps = Deps(
                db=db,
                portals=portals,
                hasher=hasher,
                sealer=Sealer(KeyFile(settings.seal_keys_file)),
                token_keys=KeyFile(settings.token_keys_file),
                doorbell=Doorbell(url),
                health=health,
            )
            await run_roles(_roles(settings, roles or ROLES, deps), stop, health)
    finally:
        hasher.close()


def _refuse_shared_host(portals: Portals, desk_host: str) -> None:
    """A host chooses a portal or the desk, not both. Raises SettingsFaults."""
    with suppress(UnknownHost):
        owner = portals.by_host(desk_host).name
        raise SettingsFaults([f"GUICHET_DESK_HOST: {desk_host} is a host of the portal {owner}"])


def _roles(settings: AuthSettings, wanted: frozenset[str], deps: Deps) -> list[Role]:
    url, health = str(settings.database_url.get_secret_value()), deps.health
    relay = Relay(url, settings.kafka, source=SOURCE, doorbell=deps.doorbell, health=health, paced_by=HURRIED)

    async def admin(stop: asyncio.Event) -> None:
        app = admin_app(health, lambda: deps.db.fetchval("select 1"))
        await serve(
            app,
            host=settings.admin_host,
            port=settings.admin_port,
            stop=stop,
            listening=lambda port: log.info("admin.listening", host=settings.admin_host, port=port),
        )

    def answering(port: int) -> None:
        log.info("http.listening", host=settings.http_host, port=port)
        health.well("api")

    async def api(stop: asyncio.Event) -> None:
        app = build_api(deps, desk_host=settings.desk_host, trusted_proxies=trusted_networks(settings.trusted_proxies))
        await serve(
            app,
            host=settings.http_host,
            port=settings.http_port,
            stop=stop,
            listening=answering,
        )

    async def housekeeping(stop: asyncio.Event) -> None:
        longest = max(portal.policy.session.absolute for portal in deps.portals)
        while not await wait_for(stop, SWEEP_EVERY):
            await sweep(deps.db, longest)

    if "api" in wanted:
        health.unavailable("api", "starting")
    each = {
        "api": [Role("api", api, settles_in=None), Role("doorbell", deps.doorbell.run)],
        "relay": [
            Role("relay", relay.run, settles_in=None),
            Role("outbox", relay.measure),
            Role("housekeeping", housekeeping),
        ],
    }
    return [Role("admin", admin), *(role for name in sorted(wanted & each.keys()) for role in each[name])]
