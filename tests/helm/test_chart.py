"""The chart as Helm and Kubernetes see it: nothing to complain of, and what is wrong in the values is named."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from deploy.routes import ROUTES
from tests.architecture.source import ROOT
from tests.helm.chart import CHART, EVERYTHING, LEAST, MINIMUM, VALUES, file_of, name_of, rendered, run_helm, template

SCHEMA = json.loads((CHART / "values.schema.json").read_text("utf-8"))
PAGE = ROOT / "docs" / "kubernetes.md"
OLDEST = "1.30"  # as Chart.yaml says; the newest is what the package brings
TO_BE_GIVEN = (
    "/image/repository",
    "/hosts/desk",
    "/hosts/portals",
    "/kafka/servers",
    "/networkPolicy/ingressController",
)

WRONG = {
    "image.tag=latest": "/image/tag",
    "image.digest=sha256:1": "/image/digest",
    "kafka.servers=kafka": "/kafka/servers",
    "kafka.user=auth": "'user'",
    "hosts.desk=Desk.example.org": "/hosts/desk",
    "hosts.portals.egec[0]=clients.example.org:8000": "/hosts/portals/egec/0",
    "existingSecrets.auth=": "/existingSecrets/auth",
    "settings.auth.GUICHET_DATABASE_URL=postgresql://me:secret@db/guichet": "'GUICHET_DATABASE_URL'",
    "settings.notifier.GUICHET_SMTP_URL=smtp://mail": "'GUICHET_SMTP_URL'",
    "settings.contracts.GUICHET_HASH_THREADS=2": "'GUICHET_HASH_THREADS'",
    "settings.all.GUICHET_LOG_FORMAT=xml": "/settings/all/GUICHET_LOG_FORMAT",
    "settings.auth.GUICHET_HASH_QUEUE=many": "/settings/auth/GUICHET_HASH_QUEUE",
    "tracing.endpoint=http://me:secret@collector:4318": "/tracing/endpoint",
    "services.auth.api.replica=3": "'replica'",
    "services.auth.deliverer.replicas=1": "'deliverer'",
    "services.notifier.relay.replicas=-1": "/services/notifier/relay/replicas",
    "services.notifier.deliverer.autoscaling.by=lag": "/services/notifier/deliverer/autoscaling/by",
    "defaults.resources.limits.memory=plenty": "/defaults/resources/limits/memory",
    "jobs.topics.partitions=0": "/jobs/topics/partitions",
    "jobs.topics.subscribers[0].topics[0]=guichet.secrets": "/jobs/topics/subscribers/0/topics/0",
    "jobs.migrate=true": "/jobs/migrate",
    "portals.files.portal=x": "'portal'",
    "ingress.host=desk.example.org": "'host'",
    "networkPolicy.smtp.ports[0]=smtp": "/networkPolicy/smtp/ports/0",
    "networkPolicy.kafka.to[0].namespace=kafka": "'namespace'",
}


@pytest.mark.parametrize("values", VALUES)
def test_helm_has_nothing_to_complain_of(values: str) -> None:
    done = run_helm("lint", "--strict", str(CHART), "--values", str(file_of(values)))
    assert done.status == 0, done.out + done.err
    assert "[WARNING]" not in done.out
    assert "[ERROR]" not in done.out


@pytest.mark.parametrize(
    ("values", "version"),
    [(EVERYTHING, OLDEST), *((values, kubernetes_validate.latest_version()) for values in VALUES)],
)
def test_kubernetes_knows_every_object_and_every_key_of_it(values: str, version: str) -> None:
    for one in rendered(values):
        kubernetes_validate.validate(one, version, strict=True)


def test_no_two_objects_are_one() -> None:
    for values in VALUES:
        names = [(one["kind"], name_of(one)) for one in rendered(values)]
        assert len(names) == len(set(names))


def test_what_must_be_given_is_said_all_at_once() -> None:
    done = run_helm("template", "guichet", str(CHART))
    assert done.status != 0
    assert [place for place in TO_BE_GIVEN if f"'{place}'" not in done.err] == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_refused_and_named(wrong: str) -> None:
    done = template(MINIMUM, "--set", wrong)
    assert done.status != 0
    assert WRONG[wrong] in done.err


def test_the_values_of_the_page_are_all_that_must_be_said(tmp_path: Path) -> None:
    (written,) = re.findall(r"```yaml\n# values.yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    file = tmp_path / "values.yaml"
    file.write_text(written, "utf-8")
    done = run_helm("template", "guichet", str(CHART), "--values", str(file))
    assert done.status == 0, done.err


def test_the_schema_has_every_value_and_no_other() -> None:
    values = YAML(typ="safe").load((CHART / "values.yaml").read_text("utf-8"))
    assert sorted(_paths(values)) == sorted(path for path in _named(SCHEMA, "") if path != "/global")


def test_the_schema_leaves_nothing_open() -> None:
    """Kubernetes itself judges what an affinity says."""
    nodes = [(path, node) for path, node in _nodes(SCHEMA, "") if node.get("type") == "object"]
    opened = [path for path, node in nodes if "additionalProperties" not in node]
    assert [path for path in opened if "/affinity/" not in path and path != "/properties/global"] == []


def test_the_chart_is_of_the_project_s_version_and_has_its_routes() -> None:
    chart = YAML(typ="safe").load((CHART / "Chart.yaml").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert chart["appVersion"] == project["version"]
    assert (CHART / "routes.yaml").read_text("utf-8") == ROUTES.read_text("utf-8"), "copy deploy/routes.yaml there anew"


def test_who_needs_less_gets_less() -> None:
    kinds = {one["kind"] for one in rendered(LEAST)}
    assert kinds == {"Deployment", "PodDisruptionBudget", "Service", "ServiceAccount"}


def _paths(values: Any, above: str = "") -> Iterator[str]:
    """Of every value there is; what maps names that others choose is one value."""
    for key, value in values.items():
        here = f"{above}/{key}"
        yield here
        if isinstance(value, dict) and not _chosen_by_others(here):
            yield from _paths(value, here)


def _chosen_by_others(path: str) -> bool:
    return path == "/defaults/affinity" or (path.startswith("/services/") and path.count("/") > 2)


def _named(schema: Any, above: str) -> Iterator[str]:
    for key, below in _resolved(schema).get("properties", {}).items():
        here = f"{above}/{key}"
        yield here
        if not _chosen_by_others(here):
            yield from _named(below, here)


def _resolved(schema: Any) -> Any:
    for one in [schema, *schema.get("allOf", [])]:
        if "$ref" in one:
            return SCHEMA["definitions"][one["$ref"].rpartition("/")[2]]
    return schema


def _nodes(schema: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, below in schema.items():
            yield from _nodes(below, f"{path}/{key}")
    elif isinstance(schema, list):
        for number, below in enumerate(schema):
            yield from _nodes(below, f"{path}/{number}")
