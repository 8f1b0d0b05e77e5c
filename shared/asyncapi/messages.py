"""Types of facts as AsyncAPI messages: headers, key and value, in the words of the types' own docstrings."""

from inspect import cleandoc
from typing import Any

from shared.asyncapi.headers import headers
from shared.events.base import Event
from shared.events.cloudevents import CONTENT_TYPE
from shared.events.topics import Topic
from shared.kafka.topics import COMPACTED

KEYED_BY = {
    Topic.ACCOUNTS: "account_id",
    Topic.CONTACTS: "account_id",
    Topic.CONTRACTS: "contract_id",
    Topic.ACTIVE_CONTRACTS: "account_id",
    Topic.NOTIFICATIONS: "account_id",
}

TAGS = {
    "sealed": {
        "name": "sealed",
        "description": "`sealed` is a compact JWE (ECDH-ES on X25519, A256GCM) that only the notifier can open.",
    }
}


def messages(kind: type[Event]) -> dict[str, dict[str, Any]]:
    """By their names in the document: the type's own, and on a compacted topic the null in its place."""
    described = {kind.type: _fact(kind)}
    if kind.topic in COMPACTED:
        described[f"{kind.type}.null"] = _tombstone(kind)
    return described


def _fact(kind: type[Event]) -> dict[str, Any]:
    summary, description = _words(kind)
    return {
        "name": kind.type,
        "title": kind.__name__,
        "summary": summary,
        **({"description": description} if description else {}),
        **({"tags": [{"$ref": "#/components/tags/sealed"}]} if "sealed" in kind.model_fields else {}),
        **_around(kind),
        "payload": kind.model_json_schema(),
    }


def _tombstone(kind: type[Event]) -> dict[str, Any]:
    return {
        "name": kind.type,
        "title": f"{kind.__name__}, null",
        "summary": "A tombstone: the key has no value any more.",
        **_around(kind),
        "payload": {"type": "null"},
    }


def _around(kind: type[Event]) -> dict[str, Any]:
    """What a fact and its tombstone share: all but the value."""
    key = {"type": "string", "format": "uuid", "description": f"The `{KEYED_BY[kind.topic]}`, in text."}
    return {
        "contentType": CONTENT_TYPE.decode(),
        "headers": headers(kind),
        "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}},
    }


def _words(kind: type[Event]) -> tuple[str, str]:
    """The docstring's first paragraph, and the rest with what its family says of the fields they share."""
    family = kind.__mro__[: kind.__mro__.index(Event)]
    summary, _, rest = "\n\n".join(cleandoc(one.__doc__) for one in family if one.__doc__).partition("\n\n")
    return summary, rest
