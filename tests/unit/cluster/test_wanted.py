"""The installation's own file: what may stand in it, and what is said of one that is wrong."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from deploy.cluster.permissions import SERVICES
from deploy.cluster.wanted import FileFaults, Wanted, read_wanted, wanted_schema
from services.auth import main as auth
from services.contracts import main as contracts
from services.notifier import main as notifier
from shared.events.topics import Topic

DEPLOY = Path(__file__).parents[3] / "deploy"
EXAMPLE = DEPLOY / "topics.example.yaml"


def test_the_schema_is_current_and_takes_the_example() -> None:
    schema = json.loads((DEPLOY / "topics.schema.json").read_text("utf-8"))
    assert schema == wanted_schema(), "guichet topics schema writes it anew"
    Draft7Validator.check_schema(schema)
    Draft7Validator(schema).validate(YAML(typ="safe").load(EXAMPLE.read_text("utf-8")))
    assert "topics.schema.json" in EXAMPLE.read_text("utf-8").splitlines()[0]


def test_the_example_is_what_it_says() -> None:
    assert read_wanted(EXAMPLE) == Wanted(
        partitions=12,
        services={"auth": "guichet-auth", "contracts": "guichet-contracts", "notifier": "guichet-notifier"},
        subscribers={"reporting": None, "crm": [Topic.ACCOUNTS, Topic.CONTACTS], "former": []},
    )


def test_an_empty_file_adds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text("# nothing yet\n")
    assert read_wanted(file) == read_wanted(None) == Wanted()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("partitions: 0", "partitions: Input should be greater than or equal to 1"),
        ("topics: {}", "topics: Extra inputs are not permitted"),
        ("subscribers: {crm: [guichet.secrets]}", "subscribers.crm.0: Input should be 'guichet.accounts'"),
        ("subscribers: {'*': }", "subscribers.*.[key]: String should match pattern"),
        ("subscribers: {notifier: }", "notifier: one user cannot be two of the services and subscribers"),
        ("services: {auth: one, contracts: one}", "one: one user cannot be two"),
        ("services: {billing: one}", "services.billing.[key]: Input should be 'auth'"),
        ("partitions: [", "not YAML"),
        ("- partitions", "Input should be a valid dictionary"),
    ],
)
def test_a_wrong_file_is_said_to_be_wrong(tmp_path: Path, written: str, said: str) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text(written)
    with pytest.raises(FileFaults) as faults:
        read_wanted(file)
    [line] = faults.value.args
    assert line.startswith(f"{file}: ")
    assert said in line


def test_services_pace_themselves_by_the_groups_they_may_look_at() -> None:
    assert {name: set(may.paced_by) for name, may in SERVICES.items()} == {
        "auth": set(auth.HURRIED),
        "contracts": set(contracts.HURRIED),
        "notifier": set(getattr(notifier, "HURRIED", ())),
    }
