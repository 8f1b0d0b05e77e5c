"""What each principal may do: a service what it needs and nothing else, a subscriber reads facts.

Whatever is not granted is refused: a cluster with an authorizer denies by default, as
`allow.everyone.if.no.acl.found` is false unless somebody sets it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deploy.cluster.acls import ANYWHERE, Acl, Kind, Operation, Pattern
from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings

FACTS: Sequence[Topic] = (Topic.ACCOUNTS, Topic.CONTRACTS, Topic.NOTIFICATIONS)  # without personal data


@dataclass(frozen=True, slots=True)
class Permissions:
    """`paced_by`: services whose progress it looks at, so as not to bury them under an import."""

    writes: frozenset[Topic]
    reads: frozenset[Topic]
    paced_by: frozenset[str] = frozenset()


SERVICES: Mapping[str, Permissions] = {
    "auth": Permissions(
        writes=frozenset({Topic.ACCOUNTS, Topic.CONTACTS}),
        reads=frozenset({Topic.ACTIVE_CONTRACTS}),
        paced_by=frozenset({"notifier", "contracts"}),
    ),
    "contracts": Permissions(
        writes=frozenset({Topic.CONTRACTS, Topic.ACTIVE_CONTRACTS}),
        reads=frozenset({Topic.CONTACTS, Topic.ACCOUNTS}),
        paced_by=frozenset({"notifier", "auth"}),
    ),
    "notifier": Permissions(
        writes=frozenset({Topic.NOTIFICATIONS}),
        reads=frozenset({Topic.CONTACTS, Topic.ACCOUNTS, Topic.CONTRACTS}),
    ),
}


def principal(user: str) -> str:
    return f"User:{user}"


def service_acls(kafka: KafkaSettings, users: Mapping[str, str]) -> Iterator[Acl]:
    """`users`: the name by which each service signs in. Describing a topic shows how far it goes, nothing of what is
    in it. Whoever may write may write idempotently (Kafka 2.8 and later)."""
    for service, may in SERVICES.items():
        who = principal(users[service])
        yield from _on_topics(kafka, who, Operation.DESCRIBE, Topic)
        yield from _on_topics(kafka, who, Operation.WRITE, may.writes)
        yield from _on_topics(kafka, who, Operation.READ, may.reads)
        yield _on_group(who, Operation.READ, kafka.group(service))
        for other in may.paced_by:
            yield _on_group(who, Operation.DESCRIBE, kafka.group(other))


def subscriber_acls(kafka: KafkaSettings, user: str, topics: Sequence[Topic]) -> Iterator[Acl]:
    """Groups called as the subscriber, or as it and more after a dot."""
    if topics:
        yield from _on_topics(kafka, principal(user), Operation.READ, topics)
        yield _on_group(principal(user), Operation.READ, kafka.group(user))
        yield _on_group(principal(user), Operation.READ, f"{kafka.group(user)}.", Pattern.PREFIXED)


def _on_topics(kafka: KafkaSettings, who: str, operation: Operation, topics: Iterable[Topic]) -> Iterator[Acl]:
    for topic in topics:
        yield Acl(Kind.TOPIC, kafka.topic(topic), Pattern.LITERAL, who, ANYWHERE, operation)


def _on_group(who: str, operation: Operation, name: str, pattern: Pattern = Pattern.LITERAL) -> Acl:
    return Acl(Kind.GROUP, name, pattern, who, ANYWHERE, operation)
