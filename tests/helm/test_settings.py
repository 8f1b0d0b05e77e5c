"""What every pod of the chart is told: what the code understands, and its own secrets, as files."""

import json
import re
import typing
from pathlib import Path

import certifi
import pytest
from pydantic import Secret, SecretStr
from ruamel.yaml import YAML

from deploy.cli.main import application
from deploy.cluster.wanted import Wanted, read_wanted
from deploy.secret_files import make_secrets
from shared.events.topics import Topic
from shared.portals import load_portals
from shared.settings import PREFIX, BrokerSettings, load
from tests.architecture.source import ROOT
from tests.helm.chart import (
    DEPLOYMENTS,
    EVERYTHING,
    MINIMUM,
    ROLES,
    SETTINGS,
    VALUES,
    Pod,
    of_kind,
    of_the_image,
    pods,
    values_of,
)
from tests.support.portals import DELIVERED

NOT_OURS = {"TZ", "OTEL_EXPORTER_OTLP_ENDPOINT"}  # the system's and OpenTelemetry's own
BY_HAND = {"notifier/smtp-url": "smtps://user:password@mail.example.org:465"}  # who has a mail server knows it
LOOKS_SECRET = re.compile(r"postgresql://|smtps?://|password=|-----BEGIN|\"d\":", re.IGNORECASE)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `guichet secrets init` makes them, and what it cannot know."""
    folder = tmp_path_factory.mktemp("secrets")
    make_secrets(folder)
    for name, text in BY_HAND.items():
        (folder / name).write_text(text)
    return folder


def secret_settings(cls: type[BrokerSettings]) -> frozenset[str]:
    """Those whose value nobody may see."""
    return frozenset(
        PREFIX + name.upper() for name, field in cls.model_fields.items() if _holds_a_secret(field.annotation)
    )


def _holds_a_secret(annotation: object) -> bool:
    kinds = (annotation, *typing.get_args(annotation))
    return any(isinstance(kind, type) and issubclass(kind, (Secret, SecretStr)) for kind in kinds)


def test_nothing_secret_is_in_an_environment_or_a_command(pod: Pod) -> None:
    assert not {"envFrom", "command"} & pod.container.keys()
    assert [one for one in pod.container["env"] if one.keys() != {"name", "value"}] == []
    assert pod.environment.keys() & {name for cls in SETTINGS.values() for name in secret_settings(cls)} == set()
    said = [*pod.environment.values(), *pod.container["args"]]
    assert [text for text in said if LOOKS_SECRET.search(text)] == []


@pytest.mark.parametrize("values", VALUES)
def test_nothing_secret_is_in_a_configmap(values: str) -> None:
    assert list(of_kind(values, "Secret")) == []
    assert [one for one in of_kind(values, "ConfigMap") if LOOKS_SECRET.search(json.dumps(one))] == []


def test_secrets_are_files_that_none_but_their_reader_has(pod: Pod, secrets: Path) -> None:
    mine = pod.labels.get("guichet/service", "operator")
    mounted = {path: volume["secret"] for path, volume in pod.volumes.items() if "secret" in volume}
    assert mounted.keys() == ({"/secrets/operator"} if mine == "operator" else {f"/secrets/{mine}", "/secrets/public"})
    assert {one["defaultMode"] for one in mounted.values()} == {0o440}
    assert all(mount["readOnly"] for mount in pod.container["volumeMounts"] if mount["mountPath"] != "/tmp")  # noqa: S108
    assert all("subPath" not in mount for mount in pod.container["volumeMounts"]), "a new key would not be seen"
    files = [path for path in pod.environment.values() if path.startswith("/secrets/")]
    assert [path for path in files if not (secrets / path.removeprefix("/secrets/")).is_file()] == []
    if pod.kind == "Job":
        (only,) = files
        assert mounted["/secrets/operator"]["items"] == [{"key": Path(only).name, "path": Path(only).name}]


def test_the_code_understands_what_it_is_told(pod: Pod, secrets: Path) -> None:
    """Each name is a setting, each value a good one, nothing is missing: read as the process reads it."""
    mounted = {name: value.replace("/secrets/", f"{secrets}/") for name, value in pod.environment.items()}
    told = {name: value.replace("/trust/kafka/ca.crt", certifi.where()) for name, value in mounted.items()}
    assert told.keys() - NOT_OURS == {name for name in told if name.startswith(PREFIX)}
    if pod.kind == "Deployment":
        settings = load(SETTINGS[pod.labels["guichet/service"]], {**of_the_image(), **told})
        assert str(settings.portals) == ("/portals" if pod.values == EVERYTHING else "/opt/guichet/portals")
        assert settings.kafka_username in (pod.labels["guichet/service"], f"guichet-{pod.labels['guichet/service']}")
    elif "GUICHET_DATABASE_URL_FILE" in told:
        assert told.keys() == {"GUICHET_DATABASE_URL_FILE"}
        service = pod.container["args"][1]
        assert f"//guichet_{service}_owner:" in Path(told["GUICHET_DATABASE_URL_FILE"]).read_text("utf-8")
    else:
        load(BrokerSettings, told)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_who_owns_a_key_has_its_private_half(name: str) -> None:
    """As in compose.yaml, whose tests sign, seal and open with them."""
    (pod,) = [one for one in pods(MINIMUM) if one.name == name]
    compose = YAML(typ="safe").load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    told = compose["services"][name.removeprefix("guichet-")]["environment"]
    files = {key: path for key, path in told.items() if str(path).startswith("/secrets/")}
    assert len(files) == 4
    assert files.items() <= pod.environment.items()


def test_the_command_understands_what_it_is_asked(pod: Pod) -> None:
    application().parse_args(pod.container["args"], print_error=False, exit_on_error=False)


def test_the_topics_are_those_the_values_name(tmp_path: Path) -> None:
    def wanted(values: str) -> Wanted:
        (text,) = [one["data"]["topics.yaml"] for one in of_kind(values, "ConfigMap") if "topics.yaml" in one["data"]]
        file = tmp_path / values
        file.write_text(text, "utf-8")
        return read_wanted(file)

    assert wanted(MINIMUM) == Wanted(services={service: service for service in ROLES})
    assert wanted(EVERYTHING) == Wanted(
        partitions=12,
        services={service: f"guichet-{service}" for service in ROLES},
        subscribers={"reporting": None, "crm": [Topic.ACCOUNTS, Topic.CONTACTS], "former": []},
    )


def test_portals_of_one_s_own_lie_as_they_were_named(tmp_path: Path) -> None:
    """And are understood there."""
    (config,) = [one for one in of_kind(EVERYTHING, "ConfigMap") if one["metadata"]["name"] == "guichet-portals"]
    volumes = [pod.volumes["/portals"]["configMap"] for pod in pods(EVERYTHING, "Deployment")]
    assert volumes == [volumes[0]] * len(volumes)
    assert volumes[0]["name"] == "guichet-portals"
    for item in volumes[0]["items"]:
        file = tmp_path / item["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(config["data"][item["key"]].replace("/opt/guichet/portals", str(DELIVERED)), "utf-8")
    portals = load_portals(tmp_path)
    assert {portal.name: list(portal.hosts) for portal in portals} == values_of(EVERYTHING)["hosts"]["portals"]
