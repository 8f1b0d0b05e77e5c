"""The difference between what is wanted and what is there, and what of it is not done because it would lose something.

Pure: what the cluster says comes in as an argument.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from deploy.cluster.acls import ALLOW, Acl, Kind
from deploy.cluster.permissions import principal
from deploy.cluster.topic_settings import Change
from deploy.cluster.wanted import Wanted
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES, TopicShape

NAMESPACE = "guichet."
KEEPS = {"retention.ms": "facts", "delete.retention.ms": "marks of what was erased"}  # shorter deletes at once
FOR_EVER = -1


class Found(NamedTuple):
    """A topic as it is; `settings` with the cluster's defaults."""

    partitions: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cluster:
    """`acls` None: it has no authorizer."""

    topics: Mapping[str, Found]
    acls: frozenset[Acl] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`refused`: what keeps all of it from being done. `left_alone`: not ours, or not ours to take away.

    `guarded`: whether the cluster has an authorizer; without one there are no permissions to plan.
    """

    make: Sequence[TopicShape]
    change: Sequence[Change]
    grant: Sequence[Acl]
    take_away: Sequence[Acl]
    refused: Sequence[str]
    left_alone: Sequence[str]
    guarded: bool

    @property
    def empty(self) -> bool:
        return not (self.make or self.change or self.grant or self.take_away)


def make_plan(kafka: KafkaSettings, wanted: Wanted, cluster: Cluster, *, shorten: bool = False) -> Plan:
    """`shorten`: also what deletes facts that are older than they should be."""
    shapes = [replace(shape, partitions=wanted.partitions) for shape in SHAPES]
    there = [(shape, found) for shape in shapes if (found := cluster.topics.get(kafka.topic(shape.topic)))]
    changes = [change for shape, found in there for change in _changes(kafka, shape, found)]
    refused = [why for shape, found in there for why in _partitions(kafka, shape, found)]
    refused += [why for change in changes if (why := _refusal(change, shorten=shorten))]
    granted, taken, others = _permissions(kafka, wanted, cluster.acls)
    return Plan(
        make=[shape for shape in shapes if kafka.topic(shape.topic) not in cluster.topics],
        change=changes,
        grant=granted,
        take_away=taken,
        refused=refused,
        left_alone=[*_other_topics(kafka, cluster.topics), *map(str, others)],
        guarded=cluster.acls is not None,
    )


def _changes(kafka: KafkaSettings, shape: TopicShape, found: Found) -> Iterator[Change]:
    for name, value in shape.config.items():
        if found.settings.get(name) != value:
            yield Change(kafka.topic(shape.topic), name, found.settings.get(name), value)


def _partitions(kafka: KafkaSettings, shape: TopicShape, found: Found) -> Iterator[str]:
    name, has, wanted = kafka.topic(shape.topic), found.partitions, shape.partitions
    if wanted < has:
        yield (
            f"{name} has {has} partitions, {wanted} are wanted: Kafka takes none away but with all that lies in it; "
            f"say `partitions: {has}` in the file of --file"
        )
    elif wanted > has:
        yield (
            f"{name} has {has} partitions, {wanted} are wanted: keys would move to other partitions, and newer facts "
            f"of one be read before its older ones; say `partitions: {has}` in the file of --file, or start anew under "
            "another GUICHET_KAFKA_PREFIX"
        )


def _refusal(change: Change, *, shorten: bool) -> str | None:
    if change.name == "cleanup.policy":
        return (
            f"{change.topic} has cleanup.policy {change.was}, {change.value} is wanted: either loses facts that the "
            "other keeps; see what it holds, and change it by hand"
        )
    if change.name in KEEPS and not shorten and _shorter(change):
        return (
            f"{change.topic} has {change.name} {_told(change.was)}, {_told(change.value)} are wanted: "
            f"{KEEPS[change.name]} that are older would be deleted at once; say --shorten if nobody needs them"
        )
    return None


def _shorter(change: Change) -> bool:
    was = int(change.was or FOR_EVER)
    return was == FOR_EVER or int(change.value) < was


def _told(milliseconds: str | None) -> str:
    span = int(milliseconds or FOR_EVER)
    return "without end" if span == FOR_EVER else f"{timedelta(milliseconds=span) / timedelta(days=1):g} days"


def _permissions(
    kafka: KafkaSettings, wanted: Wanted, there: Collection[Acl] | None
) -> tuple[Sequence[Acl], Sequence[Acl], Sequence[Acl]]:
    """To grant, to take away, and those of others. What forbids something is never taken away: somebody meant it."""
    if there is None:
        return (), (), ()
    wanted_acls = set(wanted.acls(kafka))
    ours = {principal(user) for user in (*wanted.users.values(), *wanted.subscribers)}
    concern = [acl for acl in there if _concerns(kafka, wanted, acl)]
    surplus = sorted(set(concern) - wanted_acls)
    taken = [acl for acl in surplus if acl.principal in ours and acl.permission == ALLOW]
    return sorted(wanted_acls - set(there)), taken, [acl for acl in surplus if acl not in taken]


def _concerns(kafka: KafkaSettings, wanted: Wanted, acl: Acl) -> bool:
    """Whether it says something of our topics or groups, or of the whole cluster."""
    groups = [kafka.group(name) for name in (*wanted.users, *wanted.subscribers)]
    return (
        acl.kind == Kind.CLUSTER
        or any(acl.covers(Kind.TOPIC, kafka.topic(shape.topic)) for shape in SHAPES)
        or any(acl.covers(Kind.GROUP, name) or acl.covers(Kind.GROUP, f"{name}.") for name in groups)
    )


def _other_topics(kafka: KafkaSettings, topics: Collection[str]) -> Iterator[str]:
    ours = {kafka.topic(shape.topic) for shape in SHAPES}
    for name in sorted(topics):
        if name.startswith(kafka.prefix + NAMESPACE) and name not in ours:
            yield f"topic {name}: the code knows none of this name"
