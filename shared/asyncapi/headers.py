"""The headers of a message as JSON Schema: what `shared/events/cloudevents.py` writes."""

from typing import Any

from shared.events.base import Event
from shared.events.cloudevents import CONTENT_TYPE, SPEC_VERSION, TRACEPARENT, dataschema

ATTRIBUTES = {
    "ce_specversion": {"type": "string", "const": SPEC_VERSION.decode()},
    "ce_id": {"type": "string", "format": "uuid", "description": "The fact's id, the same whenever it comes again."},
    "ce_source": {"type": "string", "description": "The service whose fact it is."},
    "ce_type": {"type": "string"},
    "ce_subject": {"type": "string", "format": "uuid", "description": "The id the fact is about, as in the key."},
    "ce_time": {"type": "string", "format": "date-time", "description": "When it was committed, in UTC."},
    "ce_dataschema": {"type": "string", "format": "uri"},
    "ce_portal": {"type": "string", "description": "The name of the portal it belongs to."},
    "content-type": {"type": "string", "const": CONTENT_TYPE.decode()},
    "traceparent": {
        "type": "string",
        "pattern": f"^{TRACEPARENT.pattern}$",
        "description": "W3C Trace Context: continue the trace from it.",
    },
}
SCHEMAS = {"CloudEvent": {"type": "object", "properties": ATTRIBUTES, "required": list(ATTRIBUTES)}}


def headers(kind: type[Event]) -> dict[str, Any]:
    """Those of every message, with the values that are always this type's."""
    own = {
        "ce_source": f"/guichet/{sender(kind)}",
        "ce_type": kind.type,
        "ce_dataschema": dataschema(kind.type),
    }
    return {
        "type": "object",
        "allOf": [{"$ref": "#/components/schemas/CloudEvent"}],
        "properties": {name: {"const": value} for name, value in own.items()},
    }


def sender(kind: type[Event]) -> str:
    """The service whose fact it is: the second part of a type's name."""
    return kind.type.split(".")[1]
