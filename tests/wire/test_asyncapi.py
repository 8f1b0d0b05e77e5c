"""The AsyncAPI document says what is really sent, and the one in `docs` is the one the code gives."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from deploy.cli.events import describe
from services.auth import main as auth
from services.contracts import main as contracts
from services.notifier import main as notifier
from shared.asyncapi import document
from shared.events.base import Event
from shared.events.cloudevents import Envelope, headers
from shared.events.registry import ALL
from shared.ids import EventId, PortalName, new_id
from shared.kafka.topics import COMPACTED, SHAPES
from tests.support.samples import sample

GOLDEN = Path(__file__).parents[2] / "docs" / "asyncapi.json"
RENEW = "guichet events describe > docs/asyncapi.json"

DOCUMENT = document(version("guichet"))
MESSAGES = DOCUMENT["components"]["messages"]
HEADERS = DOCUMENT["components"]["schemas"]["CloudEvent"]["properties"]
SOURCES = {"auth": auth.SOURCE, "contracts": contracts.SOURCE, "notifier": notifier.SOURCE}

every_event = pytest.mark.parametrize("kind", ALL, ids=[kind.type for kind in ALL])


def test_the_document_in_docs_is_the_one_the_code_gives():
    assert json.loads(GOLDEN.read_text()) == DOCUMENT, f"what it tells has changed; renew it: {RENEW}"


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]):
    describe()
    assert json.loads(capsys.readouterr().out) == DOCUMENT


@every_event
def test_what_is_sent_fits_the_message_of_its_type_and_no_other(kind: type[Event]):
    event = kind.model_validate(sample(kind))
    sent = sent_headers(event)
    assert [name for name, message in MESSAGES.items() if fits(sent, message["headers"])] == [
        name for name, message in MESSAGES.items() if message["name"] == kind.type
    ]
    assert fits(json.loads(event.payload), MESSAGES[kind.type]["payload"])
    assert sent.keys() == HEADERS.keys()
    assert sent["content-type"] == MESSAGES[kind.type]["contentType"]


@pytest.mark.parametrize("header", HEADERS)
def test_each_header_is_promised(header: str):
    kind = ALL[0]
    sent = sent_headers(kind.model_validate(sample(kind)))
    del sent[header]
    assert not fits(sent, MESSAGES[kind.type]["headers"])


@every_event
def test_the_key_is_the_field_it_names(kind: type[Event]):
    event = kind.model_validate(sample(kind))
    named = MESSAGES[kind.type]["bindings"]["kafka"]["key"]["description"].split("`")[1]
    assert event.key == getattr(event, named)


@every_event
def test_it_is_on_the_channel_of_its_topic_and_on_no_other(kind: type[Event]):
    channels = [name for name, channel in DOCUMENT["channels"].items() if kind.type in channel["messages"]]
    assert channels == [kind.topic]


@every_event
def test_it_is_sent_by_the_service_that_is_its_source(kind: type[Event]):
    senders = {
        operation["title"].removesuffix(" sends")
        for operation in DOCUMENT["operations"].values()
        for message in operation["messages"]
        if message["$ref"].endswith(f"/{kind.type}")
    }
    source = MESSAGES[kind.type]["headers"]["properties"]["ce_source"]["const"]
    assert [SOURCES[sender] for sender in senders] == [source]


def test_a_null_stands_for_each_type_of_a_compacted_topic_and_for_no_other():
    nulls = {name for name, message in MESSAGES.items() if fits(None, message["payload"])}
    assert nulls == {f"{kind.type}.null" for kind in ALL if kind.topic in COMPACTED}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.topic)
def test_a_channel_has_the_settings_its_topic_is_made_with(shape):
    told = DOCUMENT["channels"][shape.topic]["bindings"]["kafka"]["topicConfiguration"]
    as_kafka_takes_it = {n: ",".join(v) if isinstance(v, list) else str(v) for n, v in told.items()}
    assert as_kafka_takes_it == shape.config


def test_what_has_a_sealed_part_says_so():
    tagged = {
        name for name, message in MESSAGES.items() if {"$ref": "#/components/tags/sealed"} in message.get("tags", [])
    }
    assert tagged == {kind.type for kind in ALL if "sealed" in kind.model_fields}


def test_every_reference_leads_somewhere():
    for reference in references(DOCUMENT):
        at: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]


def sent_headers(event: Event) -> dict[str, str]:
    envelope = Envelope(
        id=EventId(new_id()),
        source=SOURCES[event.type.split(".")[1]],
        type=event.type,
        subject=str(event.key),
        time=datetime(2030, 1, 1, tzinfo=UTC),
        portal=PortalName("egec"),
        traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
    )
    return {name: value.decode() for name, value in headers(envelope)}


def fits(value: object, schema: dict[str, Any]) -> bool:
    """By the rules of the document, whose schemas refer to each other."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return Draft7Validator(whole, format_checker=Draft7Validator.FORMAT_CHECKER).is_valid(value)


def references(within: object) -> list[str]:
    if isinstance(within, list):
        return [found for each in within for found in references(each)]
    if not isinstance(within, dict):
        return []
    own = [within["$ref"]] if "$ref" in within else []
    return own + [found for each in within.values() for found in references(each)]
