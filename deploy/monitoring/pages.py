"""What the documents say of metrics and alerts, made from the code and the alerts' file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from deploy.monitoring.metrics import SERVICES, Metric, list_metrics

HERE = Path(__file__).parent
ALERTS = HERE / "alerts.yaml"
DOCS = HERE.parents[1] / "docs"
BEGIN, END = "<!-- alerts: python -m deploy.monitoring -->\n", "<!-- /alerts -->\n"

METRICS_HEAD = """\
# Metrics

What each process tells at `/metrics` on its admin port (`GUICHET_ADMIN_PORT`), beside what Prometheus' client for
Python tells of every process (`process_*`, `python_*`). A histogram has `_bucket`, `_sum` and `_count`. What is counted
in tables (outbox, dead letters, deliveries) every process of a role counts whole: take the `max`. The dashboard is
`deploy/monitoring/dashboard.json`, the alerts are `deploy/monitoring/alerts.yaml`; what to do about each stands in
[operations.md](operations.md). `python -m deploy.monitoring` writes this page.

| metric | kind | labels | services | meaning |
| --- | --- | --- | --- | --- |
"""


def metrics_page() -> str:
    return METRICS_HEAD + "".join(f"{_row(metric)}\n" for metric in list_metrics())


def operations_page() -> str:
    """As it stands, with the alerts of today."""
    before, _, rest = (DOCS / "operations.md").read_text("utf-8").partition(BEGIN)
    return before + BEGIN + "".join(_told(read_alerts())) + "\n" + END + rest.partition(END)[2]


def read_alerts() -> Sequence[Mapping[str, Any]]:
    groups = YAML(typ="safe").load(ALERTS.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    services = "all" if tuple(metric.services) == SERVICES else ", ".join(metric.services)
    return f"| `{metric.name}` | {metric.kind} | {labels} | {services} | {metric.meaning.rstrip('.')} |"


def _told(alerts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for alert in alerts:
        says, severity = alert["annotations"], alert["labels"]["severity"]
        yield f"\n### {alert['alert']} ({severity})\n\n"
        yield f"{says['means'].strip()}\n\n*What to do.* {says['do'].strip()}\n"
