"""The JSON Schema of portal.yaml: as the model has it, in full, and of one mind with the check."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from shared.portals.document import Document, read_document
from shared.portals.schema import profile_schema
from tests.support.portals import DELIVERED, Edit
from tests.unit.portals.test_portals_faults import PROFILE, SPOILED

SCHEMA = DELIVERED / "portal.schema.json"
PROFILES = sorted(DELIVERED.glob("*/portal.yaml"))

# What no schema of one file can know: that keys contradict each other, what other files say, and the YAML's own faults.
ONLY_CHECKED = (
    "shortest <= length <= longest must hold",
    "contact.label has no text in 'en'",
    "title was on line ",
    "is no other portal's folder with a portal.yaml",
)


def faults_in(document: Document) -> list[str]:
    return [error.message for error in Draft7Validator(profile_schema()).iter_errors(document.data)]


def keys(schema: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, key in schema.get("properties", {}).items():
        yield f"{above}{name}", key
        yield from keys(key, f"{above}{name}.")


def test_the_schema_is_current_and_valid() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == profile_schema(), "guichet portals schema writes it anew"
    Draft7Validator.check_schema(profile_schema())


def test_every_key_says_what_it_is() -> None:
    assert [name for name, key in keys(profile_schema()) if not key.get("description")] == []


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("policy.tell_within", "1 day"),
        ("policy.session.idle", "30 min"),
        ("policy.activation_keys.expires_after", "90 days"),
        ("limits.activations_per_name", "5 in 15 min"),
    ],
)
def test_defaults_are_written_as_people_do(key: str, default: str) -> None:
    assert dict(keys(profile_schema()))[key]["default"] == default


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.parent.name)
def test_the_delivered_portals_agree_with_it_and_name_it(file: Path) -> None:
    first, *_ = file.read_text("utf-8").splitlines()

    assert faults_in(read_document(file)) == []
    assert first.removeprefix("# yaml-language-server: $schema=") == "../portal.schema.json"


@pytest.mark.parametrize(
    ("old", "new", "message"), [each[1:] for each in SPOILED if each[0] == PROFILE], ids=lambda text: text[:40]
)
def test_an_editor_sees_what_the_check_sees(folder: Path, edit: Edit, old: str, new: str, message: str) -> None:
    edit(PROFILE, old, new)

    assert bool(faults_in(read_document(folder / "egec" / PROFILE))) is not message.startswith(ONLY_CHECKED)


@pytest.mark.parametrize("key", ["title", "hosts", "languages", "contact", "sender", "brand", "policy"])
def test_what_is_missing_is_a_fault_unless_another_portal_is_extended(folder: Path, edit: Edit, key: str) -> None:
    edit(PROFILE, f"\n{key}:", "\n_:")
    document = read_document(folder / "egec" / PROFILE)
    del document.data["_"]

    assert faults_in(document) == [f"'{key}' is a required property"]
    document.data["extends"] = "../default"
    assert faults_in(document) == []


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("policy: {activation: reset_link, password: }", True),
        ("policy: {password: {expires_after: }}", True),
        ("policy: {online_change: }", False),
        ("policy: {tell_within: min}", True),
        ("policy: {tell_within: 0 min}", False),
        ("policy: {tell_within: 10}", False),
        ("limits: {activations_per_name: 0 in 1 h}", False),
        ("limits: {activations_per_name: 100 in 1 day}", True),
        ("policy: {verbal_release: {use_within: 5 min}}", True),
        ("policy: {verbal_release: {checks: []}}", False),
        ("url: http://egec.localhost:8000", True),
        ("url: https://www.egec.pro/", False),
    ],
)
def test_what_is_said_over_another_portal(tmp_path: Path, written: str, right: bool) -> None:
    (tmp_path / "portal.yaml").write_text(f"extends: ../default\n{written}\n", "utf-8")

    assert (faults_in(read_document(tmp_path / "portal.yaml")) == []) is right


def test_a_generated_password_is_described_unless_people_choose(tmp_path: Path) -> None:
    document = read_document(DELIVERED / "egec" / "portal.yaml")
    policy: Any = document.data["policy"]
    del policy["password"]

    assert faults_in(document) == ["'password' is a required property"]
    policy["activation"] = "reset_link"
    assert faults_in(document) == []
