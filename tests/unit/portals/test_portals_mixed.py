"""Cells of the policy table mixed freely: each portal is taken, or refused with a reason at a line; nothing breaks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from shared.portals import Policy, PortalFaults, load_portals
from shared.portals.document import read_document
from shared.portals.loader import load_folders
from shared.portals.schema import profile_schema
from tests.support.mixed_portals import AS_THE_DEFAULT, BASE, ROWS, batch, portal_of

SCHEMA = Draft7Validator(profile_schema())

# What people may write in the place of what is meant.
slips = st.one_of(
    st.sampled_from([None, "", "told", "10 min", "0 h", "reset-link", "0x1F", "~", "\U0001f600", "{{7*7}}"]),
    st.sampled_from([0, -1, 9, 10**30, 1.5, True, [], [[]], ["email", "email"], ["fr", "de"]]),
    st.sampled_from([{}, {"checks": []}, {"checks": ["shoe_size"]}, {"length": 1}]),
)
mixed = st.fixed_dictionaries({row: st.sampled_from(choices) for row, choices in ROWS.items()})
slipping = st.fixed_dictionaries(
    {}, optional={row: st.one_of(st.sampled_from(choices), slips) for row, choices in ROWS.items()}
)


def taken_or_refused(folder: Path, values: Mapping[str, Any]) -> list[str]:
    """What is said of it; nothing where it is taken."""
    portal_of("mixed", values).write(folder)
    try:
        load_folders([folder / "mixed"])
    except PortalFaults as error:
        for fault in error.faults:
            lines = fault.file.read_text("utf-8").splitlines()
            assert fault.file.is_relative_to(folder) or fault.file.is_relative_to(BASE)
            assert 1 <= fault.line <= len(lines)
        return [fault.message for fault in error.faults]
    assert list(SCHEMA.iter_errors(read_document(folder / "mixed" / "portal.yaml").data)) == []
    return []


def test_every_cell_of_the_policy_is_mixed() -> None:
    mixed_ones = {row.split(".")[1] for row in ROWS if row.startswith("policy.")}

    assert mixed_ones | AS_THE_DEFAULT == set(Policy.model_fields)


@settings(max_examples=100)
@given(values=mixed)
def test_a_portal_of_mixed_cells_is_taken_or_refused_with_a_reason(
    tmp_path_factory: Any, values: Mapping[str, Any]
) -> None:
    said = taken_or_refused(tmp_path_factory.mktemp("portals"), values)

    assert all(": " in message for message in said)


@settings(max_examples=150)
@given(values=slipping)
def test_whatever_is_written_it_is_taken_or_refused_with_a_reason(
    tmp_path_factory: Any, values: Mapping[str, Any]
) -> None:
    taken_or_refused(tmp_path_factory.mktemp("portals"), values)


def test_two_cells_go_together_unless_they_contradict_each_other(tmp_path: Path) -> None:
    """Beside these pairs, any two choices of the table stand together in a portal that is taken."""
    portals, impossible = batch()
    for portal in portals:
        portal.write(tmp_path)

    assert len(load_portals(tmp_path)) == len(portals)
    assert impossible == {
        frozenset(pair)
        for pair in (
            ("accounts_opened_by contact_person", "sign_in_names ['email']"),
            ("accounts_opened_by customer", "sign_in_names ['identifier']"),
            ("activation_names ['code']", "sign_in_names ['email']"),
            ("activation_names ['email', 'code']", "sign_in_names ['email']"),
            ("activation reset_link", "former valid_until_used"),
            ("activation reset_link", "expires_after 24 h"),
            ("online_change False", "expires_after 24 h"),
        )
    }
