"""The notifier's roles, made from what `main` opened."""

import asyncio
from collections.abc import Iterable

import structlog

from services.notifier.deliverer.deliverer import Deliverer
from services.notifier.deps import CONSUMER, Deps
from services.notifier.domain.facts import HEARD
from services.notifier.handlers.take_facts import take_facts
from services.notifier.settings import NotifierSettings
from services.notifier.sql.housekeeping import sweep
from shared.admin import admin_app
from shared.events import Topic
from shared.inbox import Inbox
from shared.outbox import Relay
from shared.process import Role, wait_for
from shared.serving import serve

log = structlog.get_logger()

SOURCE = "/guichet/notifier"
ROLES = frozenset({"api", "relay", "consumer", "deliverer"})
SWEEP_EVERY, NEXT_LOT = 60.0, 0.1  # seconds; NEXT_LOT while there is more


def build_roles(settings: NotifierSettings, deps: Deps, wanted: frozenset[str]) -> list[Role]:
    """The roles of one process; none named: all of them. Whatever else it does, it answers operators and rings."""
    named = wanted or ROLES
    return [
        Role("admin", lambda stop: _serve_admin(settings, deps, stop)),
        Role("doorbell", deps.doorbell.run),
        *_working(settings, deps, named),
    ]


def _working(settings: NotifierSettings, deps: Deps, named: frozenset[str]) -> Iterable[Role]:
    url = str(settings.database_url.get_secret_value())
    if "relay" in named:
        relay = Relay(url, settings.kafka, source=SOURCE, doorbell=deps.doorbell, health=deps.health)
        yield Role("relay", relay.run, settles_in=None)
        yield Role("outbox", relay.measure)
        yield Role("housekeeping", lambda stop: _keep_house(deps, stop))
    if "consumer" in named:
        yield Role("consumer", _inbox(settings, deps).run, settles_in=None)
    if "deliverer" in named:
        yield Role("deliverer", lambda stop: Deliverer(deps).run(stop), settles_in=None)


def _inbox(settings: NotifierSettings, deps: Deps) -> Inbox:
    return Inbox(
        deps.db,
        settings.kafka,
        consumer=CONSUMER,
        topics=(Topic.CONTACTS, Topic.ACCOUNTS),
        handles=HEARD,
        handle=take_facts,
        after_commit=deps.due.set,
        health=deps.health,
    )


async def _keep_house(deps: Deps, stop: asyncio.Event) -> None:
    more = False
    while not await wait_for(stop, NEXT_LOT if more else SWEEP_EVERY):
        more = await sweep(deps.db)


async def _serve_admin(settings: NotifierSettings, deps: Deps, stop: asyncio.Event) -> None:
    await serve(
        admin_app(deps.health, lambda: deps.db.fetchval("select 1")),
        host=settings.admin_host,
        port=settings.admin_port,
        stop=stop,
        listening=lambda port: log.info("admin.listening", port=port),
    )
