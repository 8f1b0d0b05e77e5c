"""CloudEvents 1.0 in Kafka's binary content mode: the attributes are headers, the value is the data alone.

Source: CloudEvents Kafka protocol binding 1.0.2, section 3.2; `traceparent` as in W3C Trace Context.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from shared.ids import EventId, PortalName

SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/json"
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
LONGEST = 512  # characters of one attribute; ours are far shorter, and a hostile one must not fill a table


class Undecodable(ValueError):
    """A message that is not one of ours; the text says which header or field is wrong."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around a fact's data. `subject` is the id the fact is about, `time` when it was committed."""

    id: EventId
    source: str
    type: str
    subject: str
    time: datetime
    portal: PortalName
    traceparent: str


def dataschema(type_name: str) -> str:
    return f"urn:guichet:schema:{type_name}"


def headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    return [
        ("ce_specversion", SPEC_VERSION),
        ("ce_id", str(envelope.id).encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_subject", envelope.subject.encode()),
        ("ce_time", envelope.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("ce_dataschema", dataschema(envelope.type).encode()),
        ("ce_portal", envelope.portal.encode()),
        ("content-type", CONTENT_TYPE),
        ("traceparent", envelope.traceparent.encode()),
    ]


def parse_envelope(raw: Iterable[tuple[str, bytes]]) -> Envelope:
    """Raises Undecodable, naming the header."""
    found = _texts(raw)
    if _required(found, "ce_specversion") != "1.0":
        raise Undecodable("ce_specversion: only 1.0 is understood")
    traceparent = _required(found, "traceparent")
    if not TRACEPARENT.fullmatch(traceparent):
        raise Undecodable("traceparent: not a W3C trace context of version 00")
    return Envelope(
        id=EventId(_uuid(found, "ce_id")),
        source=_required(found, "ce_source"),
        type=_required(found, "ce_type"),
        subject=_required(found, "ce_subject"),
        time=_time(found, "ce_time"),
        portal=PortalName(_required(found, "ce_portal")),
        traceparent=traceparent,
    )


def _texts(raw: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in raw:
        try:
            text = value.decode()
        except (UnicodeDecodeError, AttributeError):
            raise Undecodable(f"{name}: not UTF-8") from None
        if name in found:
            raise Undecodable(f"{name}: given twice")
        if len(text) > LONGEST:
            raise Undecodable(f"{name}: longer than {LONGEST} characters")
        found[name] = text
    return found


def _required(found: dict[str, str], name: str) -> str:
    try:
        return found[name]
    except KeyError:
        raise Undecodable(f"{name}: missing") from None


def _uuid(found: dict[str, str], name: str) -> UUID:
    try:
        return UUID(_required(found, name))
    except ValueError as error:
        raise error if isinstance(error, Undecodable) else Undecodable(f"{name}: not a UUID") from None


def _time(found: dict[str, str], name: str) -> datetime:
    text = _required(found, name)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Undecodable(f"{name}: not a time as in RFC 3339") from None
    if time.tzinfo is None:
        raise Undecodable(f"{name}: lacks its offset from UTC")
    return time
