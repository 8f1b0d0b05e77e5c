"""The published language: one golden JSON Schema per event, and the coding on the wire."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.base import Event
from shared.events.cloudevents import Envelope, Undecodable, headers, parse_envelope
from shared.events.registry import ALL, UnknownType, event_class
from shared.ids import EventId, PortalName
from tests.support.samples import sample

SCHEMAS = Path(__file__).parent / "schemas"
IDS = [event.type for event in ALL]

REQUIRED = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "traceparent"]

text = st.text(st.characters(codec="utf-8"), max_size=100)
envelopes = st.builds(
    Envelope,
    id=st.uuids().map(EventId),
    source=text,
    type=text,
    subject=text,
    time=st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),  # noqa: DTZ001 -- hypothesis adds the zone
    portal=text.map(PortalName),
    traceparent=st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True),
)


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_the_schema_of_each_event_is_the_golden_one(event: type[Event]):
    golden = SCHEMAS / f"{event.type}.json"
    schema = json.dumps(event.model_json_schema(), indent=2, sort_keys=True) + "\n"
    assert golden.read_text() == schema, f"write it anew only for an added optional field: {golden.name}"


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_no_event_breaks_the_consumers_of_its_golden_schema(event: type[Event]):
    """What was there stays, with its type; what is new is optional. Anything else needs a new type name."""
    golden = json.loads((SCHEMAS / f"{event.type}.json").read_text())
    now = event.model_json_schema()
    assert golden["properties"].items() <= now["properties"].items()
    assert set(now["required"]) == set(golden["required"])


def test_every_golden_schema_still_has_its_event():
    assert {path.stem for path in SCHEMAS.glob("*.json")} == set(IDS)


@given(envelopes)
def test_an_envelope_survives_the_wire(envelope: Envelope):
    assert parse_envelope(headers(envelope)) == envelope


@given(
    envelopes,
    st.sampled_from(REQUIRED),
)
def test_a_message_without_one_of_its_headers_is_undecodable_and_says_which(envelope: Envelope, name: str):
    with pytest.raises(Undecodable, match=name):
        parse_envelope([header for header in headers(envelope) if header[0] != name])


@given(st.lists(st.tuples(st.sampled_from([*REQUIRED, "x"]), st.binary(max_size=80))))
def test_strange_headers_are_undecodable_and_nothing_worse(raw: list[tuple[str, bytes]]):
    with pytest.raises(Undecodable):
        parse_envelope(raw)


def test_an_unknown_type_is_said_to_be_unknown():
    with pytest.raises(UnknownType):
        event_class("guichet.auth.password_regenerated.v9")


@pytest.mark.parametrize("event", ALL, ids=IDS)
def test_a_field_of_a_newer_version_is_ignored(event: type[Event]):
    data = sample(event)
    assert event.model_validate_json(json.dumps({**data, "new_in_v1": True})) == event.model_validate_json(
        json.dumps(data)
    )
