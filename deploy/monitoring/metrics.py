"""Every metric there is, from the code."""

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.metrics import MetricWrapperBase

SERVICES = ("auth", "contracts", "notifier")

# The modules that define some: a test finds every other one that does.
MODULES = (
    "shared.running",
    "shared.health",
    "shared.process",
    "shared.web.metrics",
    "shared.outbox.waiting",
    "shared.outbox.relay",
    "shared.inbox.progress",
    "shared.inbox.consumer",
    "shared.inbox.waiting",
    "shared.inbox.dead_letters",
    "shared.inbox.replaced",
    "services.auth.hasher",
    "services.notifier.deliverer.metrics",
)


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` as it is asked for, but for the `_bucket`, `_sum` and `_count` of a histogram."""

    name: str
    kind: str
    meaning: str
    labels: Sequence[str]
    services: Sequence[str]


def list_metrics() -> Iterator[Metric]:
    """In the order of MODULES."""
    for module in MODULES:
        top, service, *_ = module.split(".")
        services = (service,) if top == "services" else SERVICES
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, MetricWrapperBase):
                [told] = value.describe()
                name = f"{told.name}_total" if told.type == "counter" else told.name
                yield Metric(name, told.type, told.documentation, value._labelnames, services)  # noqa: SLF001
