"""The dashboard, the alerts and their pages: they speak of metrics that exist, and say what is so."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.local.prerequisites import find_program
from deploy.monitoring.metrics import MODULES, list_metrics
from deploy.monitoring.pages import ALERTS, DOCS, metrics_page, operations_page, read_alerts
from tests.architecture.source import dotted, modules

DASHBOARD = json.loads(ALERTS.with_name("dashboard.json").read_text("utf-8"))
TESTS = ALERTS.with_name("alerts.test.yaml")
METRICS = {metric.name: metric for metric in list_metrics()}
TOLD_BY_OTHERS = {"up", "process_resident_memory_bytes"}
NAME = re.compile(r"\b(?:guichet|http_server|process)_\w+|\bup\b")
SELECTED = re.compile(r"(\b[a-z_0-9]+)\{([^}]*)\}")


def promtool(*arguments: str | Path) -> None:
    program = find_program("promtool")
    assert program, "make test installs it"
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def metric_of(name: str) -> str:
    """Without what a histogram adds."""
    plain = re.sub(r"_(bucket|sum|count)$", "", name)
    return plain if plain in METRICS else name


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    for panel in panels():
        yield from ((f"panel {panel['title']} {each['refId']}", each["expr"]) for each in panel["targets"])
    yield from ((alert["alert"], alert["expr"]) for alert in read_alerts())


ASKED = dict(expressions())


def test_the_list_of_metrics_misses_no_module_that_defines_some() -> None:
    defining = {
        str(module).removesuffix(".py").replace("/", ".")
        for module in modules("shared", "services")
        if "prometheus_client" in module.imported
        and module.at(ast.Call, lambda node: dotted(node.func) in {"Gauge", "Counter", "Histogram", "Summary", "Info"})
    }
    assert defining == set(MODULES)


def test_metrics_are_called_as_conventions_say() -> None:
    """Ours begin with guichet_, those of HTTP are OpenTelemetry's; times are in seconds, and all say what they mean."""
    assert [name for name in METRICS if not name.startswith(("guichet_", "http_server_"))] == []
    assert [name for name in METRICS if re.search(r"_(ms|milliseconds|minutes)\b", name)] == []
    assert [metric.name for metric in METRICS.values() if not metric.meaning] == []


@pytest.mark.parametrize("where", ASKED)
def test_what_is_asked_for_is_told(where: str) -> None:
    """Each name is a metric's, and each label one of that metric's, or one Prometheus gives every one."""
    expression = ASKED[where]
    asked = {metric_of(name) for name in NAME.findall(re.sub(r"\{[^}]*\}|\[[^]]*\]", "", expression))}
    assert asked
    assert asked <= METRICS.keys() | TOLD_BY_OTHERS
    for name, selectors in SELECTED.findall(expression):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors)) - {"job", "instance"}
        metric = METRICS.get(metric_of(name))
        assert labels <= {*(metric.labels if metric else ()), "le"}, name


def test_every_metric_is_on_the_dashboard() -> None:
    asked = [name for panel in panels() for target in panel["targets"] for name in NAME.findall(target["expr"])]
    assert METRICS.keys() - {metric_of(name) for name in asked} == set()


def test_the_dashboard_asks_whichever_prometheus_one_chooses() -> None:
    variables = {one["name"] for one in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource", "job", "route"}
    asked = [target["datasource"]["uid"] for panel in panels() for target in (panel, *panel["targets"])]
    assert set(asked) == {"${datasource}"}
    used = {name for name in re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD)) if not name.startswith("__")}
    assert used <= variables


def test_panels_have_ids_and_places_of_their_own() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        x, y, w, h = (panel["gridPos"][side] for side in "xywh")
        cells = {(x + across, y + down) for across in range(w) for down in range(h)}
        assert x + w <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_prometheus_understands_every_panel(tmp_path: Path) -> None:
    rules = [
        {"record": f"asked:{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(ASKED.values())
    ]
    file = tmp_path / "panels.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", file)


def test_prometheus_understands_every_alert() -> None:
    promtool("check", "rules", ALERTS)


def test_every_alert_fires_when_it_must_and_only_then() -> None:
    tests = YAML(typ="safe").load(TESTS.read_text("utf-8"))["tests"]
    expected = [f"{alert['alert']} {word}" for alert in read_alerts() for word in ("fires", "is quiet")]
    assert [test["name"] for test in tests] == expected
    for test in tests:
        [asked] = test["promql_expr_test"]
        assert f'"{test["name"].split()[0]}"' in asked["expr"]
        assert bool(asked["exp_samples"]) == test["name"].endswith(" fires")
    promtool("test", "rules", TESTS)


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    for alert in read_alerts():
        assert alert["annotations"].keys() == {"summary", "means", "do"}
        assert alert["labels"]["severity"] in ("critical", "warning")


def test_the_pages_say_what_is_so() -> None:
    assert (DOCS / "metrics.md").read_text("utf-8") == metrics_page(), "python -m deploy.monitoring writes it anew"
    assert (DOCS / "operations.md").read_text("utf-8") == operations_page(), "python -m deploy.monitoring does"
