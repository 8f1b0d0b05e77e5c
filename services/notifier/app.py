"""The notifier's roles, made from what `main` opened."""

from collections.abc import Iterable
from functools import partial

from services.notifier.deliverer.deliverer import Deliverer
from services.notifier.deps import CONSUMER, Deps
from services.notifier.domain.facts import HEARD
from services.notifier.handlers.take_facts import take_facts
from services.notifier.settings import NotifierSettings
from services.notifier.sql.housekeeping import sweep
from shared.events import Topic
from shared.process import Role
from shared.running import attending, consuming, publishing

SOURCE = "/guichet/notifier"
ROLES = frozenset({"api", "relay", "consumer", "deliverer"})


def build_roles(settings: NotifierSettings, deps: Deps, wanted: frozenset[str]) -> Iterable[Role]:
    """The roles of one process; none named: all of them."""
    named = wanted or ROLES
    yield from attending(settings, deps)
    if "relay" in named:
        yield from publishing(settings, deps, source=SOURCE, sweep=partial(sweep, deps.db))
    if "consumer" in named:
        yield consuming(
            settings,
            deps,
            consumer=CONSUMER,
            topics=(Topic.CONTACTS, Topic.ACCOUNTS, Topic.CONTRACTS),
            handles=HEARD,
            handle=take_facts,
            after_commit=deps.due.set,
        )
    if "deliverer" in named:
        yield Role("deliverer", lambda stop: Deliverer(deps).run(stop), settles_in=None)
