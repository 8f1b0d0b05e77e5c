"""`portal.yaml` as a JSON Schema, made from the model: editors complete it, and say what is wrong while one writes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.portals.durations import write_duration
from shared.portals.profile import Profile

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"  # the newest that editors' YAML servers know in full
EXTENDS = (
    "The folder of another portal, from this one's: this portal is that one, except for what is said here. Mappings "
    "are merged, everything else is replaced; a key that is left empty takes away what the other says."
)
GENERATES = {  # and then says how
    "if": {"required": ["activation"], "properties": {"activation": {"const": "reset_link"}}},
    "else": {"required": ["password"]},
}


class _AsWritten(GenerateJsonSchema):
    """Defaults as people write them, and always in the same order."""

    def encode_default(self, dft: Any) -> Any:
        match dft:
            case timedelta():
                return write_duration(dft)
            case frozenset():
                return sorted(dft)
            case _:
                return super().encode_default(dft)


def profile_schema() -> Schema:
    """What is missing is a fault only where no other portal is extended. Of what several keys have to do with each
    other it says nothing: that is for `guichet portals check`."""
    read = Profile.model_json_schema(schema_generator=_AsWritten)
    models = read.pop("$defs")
    whole = _told(read, models)
    del whole["properties"]["name"]  # the folder's
    whole["required"].remove("name")
    whole["properties"]["policy"]["required"].remove("password")
    required = _requirements(whole)
    required["properties"]["policy"] |= GENERATES
    return {
        "$schema": DRAFT,
        "title": "A portal of Guichet",
        "description": "What a portal is called, who it speaks for, and what it decides.",
        "type": "object",
        "additionalProperties": False,
        "properties": {"extends": {"description": EXTENDS, "type": "string"}, **_optional(whole)["properties"]},
        "if": {"required": ["extends"]},
        "else": required,
    }


def _told(node: Any, models: Mapping[str, Schema]) -> Any:
    """In full, each key where it stands: some editors show nothing beside a reference."""
    match node:
        case list():
            return [_told(item, models) for item in node]
        case {"$ref": str(reference), **beside}:
            return _told(models[reference.rpartition("/")[2]] | beside, models)
        case {"anyOf": [whole, {"type": "null"}], **beside}:  # whatever may be left out may be empty, see below
            return _told(whole | beside, models)
        case {"description": str(text), **others}:
            return {"description": " ".join(text.split()), **_told(others, models)}
        case dict():
            return {key: _told(value, models) for key, value in node.items() if not _untold(key, value)}
        case _:
            return node


def _untold(key: str, value: object) -> bool:
    """pydantic's own name for a key, which says it again; that what is left out is nothing."""
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, []))


def _optional(schema: Schema) -> Schema:
    """A mapping in which nothing need be said; what need be said nowhere may be left empty."""
    if "properties" not in schema:
        return schema
    always = schema.get("required", ())
    keys = {name: _optional(value) for name, value in schema["properties"].items()}
    told = {name: value if name in always else _or_empty(value) for name, value in keys.items()}
    return {key: told if key == "properties" else value for key, value in schema.items() if key != "required"}


def _or_empty(schema: Schema) -> Schema:
    chosen = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **chosen, "type": [schema["type"], "null"]}


def _requirements(schema: Schema) -> Schema:
    """What must be said in a mapping and, where they are said, in those inside it."""
    inside = {name: _requirements(value) for name, value in schema.get("properties", {}).items()}
    properties = {name: required for name, required in inside.items() if required}
    required = {"required": schema["required"]} if schema.get("required") else {}
    return {**required, **({"properties": properties} if properties else {})}
