"""A value for each field of an event, made from its schema."""

from uuid import uuid4

from shared.events.base import Event

NOBODYS = "01940000-0000-7000-8000-000000000000"  # an id that nothing has, the same wherever tests are collected


def sample(kind: type[Event]) -> dict[str, object]:
    """Its data as JSON would have it; no two ids alike."""
    return {name: _value(field) for name, field in kind.model_json_schema()["properties"].items()}


def _value(field: dict) -> object:
    if "enum" in field:
        return field["enum"][0]
    if "anyOf" in field:
        return _value(field["anyOf"][0])
    by_format = {"uuid": str(uuid4()), "date-time": "2030-01-01T00:00:00Z"}
    by_type = {"string": "x", "integer": 1, "boolean": False}
    return by_format.get(field.get("format", ""), by_type[field["type"]])
