"""The chart, rendered by Helm as an operator renders it; each set of values once for a run."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from deploy.local.helm import find_helm
from services.auth import main as auth
from services.auth.settings import AuthSettings
from services.contracts import main as contracts
from services.contracts.settings import ContractsSettings
from services.notifier import main as notifier
from services.notifier.settings import NotifierSettings
from shared.settings import ServiceSettings
from tests.architecture.source import ROOT

CHART = ROOT / "deploy" / "helm" / "guichet"
MINIMUM, EVERYTHING, LEAST = "minimum", "everything", "least"
VALUES = (MINIMUM, EVERYTHING, LEAST)
ROLES: Mapping[str, frozenset[str]] = {"auth": auth.ROLES, "contracts": contracts.ROLES, "notifier": notifier.ROLES}
DEPLOYMENTS = [f"guichet-{service}-{role}" for service, roles in ROLES.items() for role in sorted(roles)]
SETTINGS: Mapping[str, type[ServiceSettings]] = {
    "auth": AuthSettings,
    "contracts": ContractsSettings,
    "notifier": NotifierSettings,
}

Object = Mapping[str, Any]
Labels = Mapping[str, str]


class Done(NamedTuple):
    status: int
    out: str
    err: str


class Pod(NamedTuple):
    """What a Deployment or Job makes."""

    values: str
    name: str  # of that which makes it
    kind: str
    labels: Labels
    spec: Object

    @property
    def container(self) -> Object:
        (only,) = self.spec["containers"]
        return only

    @property
    def environment(self) -> Mapping[str, str]:
        return {one["name"]: one["value"] for one in self.container["env"]}

    @property
    def volumes(self) -> Mapping[str, Object]:
        """By the path where they are mounted."""
        there = {volume["name"]: volume for volume in self.spec["volumes"]}
        return {mount["mountPath"]: there[mount["name"]] for mount in self.container["volumeMounts"]}


def run_helm(*words: str) -> Done:
    program = find_helm()
    assert program, "python -m deploy.local.prerequisites helm builds it"
    done = subprocess.run((program, *words), capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def template(values: str, *words: str) -> Done:
    return run_helm("template", "guichet", str(CHART), "--namespace", "front", "--values", str(file_of(values)), *words)


def file_of(values: str) -> Path:
    return CHART / "ci" / f"{values}-values.yaml"


def values_of(values: str) -> Any:
    return YAML(typ="safe").load(file_of(values).read_text("utf-8"))


@cache
def rendered(values: str) -> Sequence[Object]:
    """Every object, hooks included."""
    done = template(values)
    assert done.status == 0, done.err
    return [one for one in YAML(typ="safe").load_all(done.out) if one]


def of_kind(values: str, *kinds: str) -> Iterator[Object]:
    return (one for one in rendered(values) if one["kind"] in kinds)


def name_of(one: Object) -> str:
    return str(one["metadata"]["name"])


def pods(values: str, *kinds: str) -> Sequence[Pod]:
    """Of all Deployments and Jobs where no kind is named."""
    makers = of_kind(values, *(kinds or ("Deployment", "Job")))
    templates = [(name_of(one), one["kind"], one["spec"]["template"]) for one in makers]
    return [Pod(values, name, kind, made["metadata"]["labels"], made["spec"]) for name, kind, made in templates]


def selects(selector: Object, labels: Labels) -> bool:
    """A selector of ours: of labels only."""
    assert selector.keys() == {"matchLabels"}
    return selector["matchLabels"].items() <= labels.items()


def of_the_image() -> Mapping[str, str]:
    """The settings it has of itself."""
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    return dict(re.findall(r"\b(GUICHET_[A-Z_]+)=(\S+)", dockerfile))
