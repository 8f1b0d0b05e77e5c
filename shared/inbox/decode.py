"""From bytes to a fact. What fails here will fail every time: it becomes a dead letter, with the reason."""

from uuid import UUID

from pydantic import ValidationError

from shared.events.base import Event
from shared.events.cloudevents import Envelope, Undecodable, parse_envelope
from shared.events.registry import UnknownType, event_class
from shared.events.topics import Topic
from shared.inbox.messages import Message, Received
from shared.kafka.topics import COMPACTED


def decode(message: Message, envelope: Envelope | None = None) -> Received:
    """Raises Undecodable, naming the header or field."""
    envelope = envelope or parse_envelope(message.headers)
    key = _key(message.key)
    topic = Topic(message.topic)
    kind = find_kind(envelope)
    if str(key) != envelope.subject:
        raise Undecodable("key: not the one ce_subject names")
    if kind.topic != topic:
        raise Undecodable(f"ce_type: {envelope.type} does not belong on {topic}")
    event = None if message.value is None else _event(kind, message.value)
    if event is None and topic not in COMPACTED:
        raise Undecodable(f"value: null, which says nothing on {topic}")
    if event is not None and (event.key != key or event.portal != envelope.portal):
        raise Undecodable("value: about another key or portal than its headers")
    return Received(envelope, event, topic, key, message.partition, message.offset)


def find_kind(envelope: Envelope) -> type[Event]:
    """Raises Undecodable: a newer producer's type waits as a dead letter until this service knows it."""
    try:
        return event_class(envelope.type)
    except UnknownType:
        raise Undecodable(f"ce_type: {envelope.type} is not known") from None


def _key(key: bytes | None) -> UUID:
    text = (key or b"").decode("ascii", "replace")
    try:
        id_ = UUID(text)
    except ValueError:
        id_ = None
    if id_ is None or str(id_) != text:  # another spelling would be another key to Kafka
        raise Undecodable("key: not a UUID in its usual spelling")
    return id_


def _event(kind: type[Event], value: bytes) -> Event:
    try:
        return kind.model_validate_json(value)
    except ValidationError as error:
        # Only where and what: the text of the error would quote people's data.
        faults = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'value'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_context=False, include_url=False)
        ]
        raise Undecodable("; ".join(faults)) from None
