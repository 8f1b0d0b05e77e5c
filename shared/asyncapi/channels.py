"""Topics as AsyncAPI channels: what is on them, how long it stays, and who sends it."""

from typing import Any

from shared.asyncapi.headers import sender
from shared.asyncapi.messages import messages
from shared.events.base import Event
from shared.events.registry import ALL
from shared.events.topics import Topic
from shared.kafka.topics import FACTS_KEPT, MARKS_KEPT, TopicShape

ABOUT = {
    Topic.ACCOUNTS: "What happened to accounts.",
    Topic.CONTACTS: "How each person is reached, as it now is; granted to no subscriber by default.",
    Topic.CONTRACTS: "What happened to contracts: who holds them, and by which key they came to them.",
    Topic.ACTIVE_CONTRACTS: "The contract each account looks at, as it now is; granted to no subscriber by default.",
    Topic.NOTIFICATIONS: "What became of mails.",
}
KEPT = f"Facts are kept {FACTS_KEPT.days} days."
COMPACTED = (
    "Compacted: the newest value of each key stays. A null value (a tombstone) says that the key has none any"
    f" more; the tombstone itself goes after {MARKS_KEPT.days} days. Ignore a lower `version` than the one known."
)


def channel(shape: TopicShape) -> dict[str, Any]:
    return {
        "address": shape.topic.value,
        "description": f"{ABOUT[shape.topic]} {COMPACTED if shape.compacted else KEPT}",
        "messages": {name: _ref("components/messages", name) for kind in _on(shape.topic) for name in messages(kind)},
        "bindings": {
            "kafka": {
                "partitions": shape.partitions,
                "topicConfiguration": {name: _setting(name, value) for name, value in shape.config.items()},
                "bindingVersion": "0.5.0",
            }
        },
    }


def operations(topic: Topic) -> dict[str, dict[str, Any]]:
    """One for each service that sends to the topic, by name."""
    by_sender: dict[str, list[str]] = {}
    for kind in _on(topic):
        by_sender.setdefault(sender(kind), []).extend(messages(kind))
    return {
        f"{service}_sends_{topic.name.lower()}": {
            "action": "send",
            "title": f"{service} sends",
            "channel": _ref("channels", topic),
            "messages": [_ref(f"channels/{topic}/messages", name) for name in names],
        }
        for service, names in by_sender.items()
    }


def _on(topic: Topic) -> list[type[Event]]:
    return [kind for kind in ALL if kind.topic is topic]


def _setting(name: str, value: str) -> list[str] | int:
    """Kafka takes texts; the binding wants the policies as a list, and the spans as numbers."""
    return value.split(",") if name == "cleanup.policy" else int(value)


def _ref(folder: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/{folder}/{name}"}
