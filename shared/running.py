"""What the process of every service is made of: its start, and the roles that differ in nothing but their settings."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog
from prometheus_client import Gauge
from starlette.types import ASGIApp

from shared import faults
from shared.admin import admin_app
from shared.db import Database, open_database
from shared.doorbell import Doorbell
from shared.events import Event, Topic
from shared.health import Health
from shared.housekeeping import keep_house
from shared.inbox import Handle, Inbox
from shared.outbox import Relay
from shared.portals import Portals, UnknownHost, load_portals
from shared.process import Role
from shared.serving import serve
from shared.settings import ServiceSettings, SettingsFaults
from shared.telemetry import logs, traces
from shared.web.asked_words import require_words

log = structlog.get_logger()

BUILD = Gauge("guichet_build_info", "1; what runs is in the labels", ["service", "version"])


class Parts(Protocol):
    """What the deps of every service have."""

    @property
    def db(self) -> Database: ...

    @property
    def doorbell(self) -> Doorbell: ...

    @property
    def health(self) -> Health: ...


class Ground(NamedTuple):
    """What the parts of every service are made on."""

    portals: Portals
    db: Database
    doorbell: Doorbell
    health: Health


@asynccontextmanager
async def open_ground(
    settings: ServiceSettings, service: str, fault: str | None, templates: Path
) -> AsyncIterator[Ground]:
    """Before anything else: what is said from now on is logged as it should be. `fault` is the one tests ask for;
    `templates` are the service's pages, whose words every portal must have.

    Raises PortalFaults, SettingsFaults.
    """
    logs.configure(settings.log_format, service)
    settings.log_doubts()
    traces.configure(service)
    BUILD.labels(service, version("guichet")).set(1)
    if fault:
        faults.arm(fault)
    portals = load_portals(settings.portals)
    require_words(portals, settings.portals, templates)
    _refuse_shared_host(portals, settings.desk_host)
    async with open_database(settings.dsn, max_size=settings.database_connections) as db:
        yield Ground(portals, db, Doorbell(settings.dsn), Health())


def _refuse_shared_host(portals: Portals, desk_host: str) -> None:
    """A host chooses a portal or the desk, not both. Raises SettingsFaults."""
    with suppress(UnknownHost):
        owner = portals.by_host(desk_host).name
        raise SettingsFaults([f"GUICHET_DESK_HOST: {desk_host} is a host of the portal {owner}"])


def attending(settings: ServiceSettings, parts: Parts) -> Sequence[Role]:
    """What a process does whatever its roles are: it answers operators, and rings when it committed something."""

    async def admin(stop: asyncio.Event) -> None:
        await serve(
            admin_app(parts.health, lambda: parts.db.fetchval("select 1")),
            host=settings.admin_host,
            port=settings.admin_port,
            stop=stop,
            listening=lambda port: log.info("admin.listening", host=settings.admin_host, port=port),
        )

    return [Role("admin", admin), Role("doorbell", parts.doorbell.run)]


def answering(settings: ServiceSettings, parts: Parts, app: Callable[[], ASGIApp]) -> Role:
    """The role `api`: the pages and the API, by an application that each start makes anew."""

    def listening(port: int) -> None:
        log.info("http.listening", host=settings.http_host, port=port)
        parts.health.well("api")

    async def api(stop: asyncio.Event) -> None:
        await serve(app(), host=settings.http_host, port=settings.http_port, stop=stop, listening=listening)

    parts.health.unavailable("api", "starting")
    return Role("api", api, settles_in=None)


def publishing(
    settings: ServiceSettings,
    parts: Parts,
    *,
    source: str,
    sweep: Callable[[], Awaitable[bool | None]],
    paced_by: Collection[str] = (),
) -> Sequence[Role]:
    """The role `relay`: carries the outbox to Kafka, counts what waits in it, and keeps house.

    Bulk rows wait for the consumers of `paced_by`. `sweep` deletes what nobody needs, and may say that there is more.
    """
    health = parts.health
    relay = Relay(
        settings.dsn, settings.kafka, source=source, doorbell=parts.doorbell, health=health, paced_by=paced_by
    )
    return [
        Role("relay", relay.run, settles_in=None),
        Role("outbox", relay.measure),
        Role("housekeeping", lambda stop: keep_house(sweep, stop)),
    ]


def consuming(
    settings: ServiceSettings,
    parts: Parts,
    *,
    consumer: str,
    topics: Sequence[Topic],
    handles: Collection[type[Event]],
    handle: Handle,
    after_commit: Callable[[], None] = lambda: None,
) -> Role:
    """The role `consumer`: facts of other services take effect here."""
    instance = socket.gethostname() if settings.static_member else None
    inbox = Inbox(
        parts.db,
        settings.kafka,
        consumer=consumer,
        topics=topics,
        handles=handles,
        handle=handle,
        after_commit=after_commit,
        health=parts.health,
        instance=instance,
    )
    return Role("consumer", inbox.run, settles_in=None)
