"""What a plan does, refuses and leaves alone, whatever a cluster is like."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from deploy.cluster.acls import DENY, Acl, Kind, Operation, Pattern
from deploy.cluster.plan import Cluster, Found, Plan, make_plan
from deploy.cluster.wanted import Wanted
from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES

KAFKA = KafkaSettings("nowhere:9092", prefix="here.")
DAYS = {days: str(timedelta(days=days) // timedelta(milliseconds=1)) for days in (7, 30, 60)}


def topics(**differs: Found) -> dict[str, Found]:
    """All of ours as they should be, but for those named, as `accounts`."""
    return {
        KAFKA.topic(shape.topic): differs.get(shape.topic.name.lower(), Found(shape.partitions, shape.config))
        for shape in SHAPES
    }


def found(topic: Topic, partitions: int = 6, **settings: str) -> Found:
    [shape] = [shape for shape in SHAPES if shape.topic == topic]
    differs: Mapping[str, str] = {name.replace("_", "."): value for name, value in settings.items()}
    return Found(partitions, {**shape.config, **differs})


def planned(cluster: Cluster, wanted: Wanted | None = None, *, shorten: bool = False) -> Plan:
    return make_plan(KAFKA, wanted or Wanted(), cluster, shorten=shorten)


def test_an_empty_cluster_gets_everything() -> None:
    plan = planned(Cluster({}, frozenset()))
    assert [shape.topic for shape in plan.make] == list(Topic)
    assert set(plan.grant) == set(Wanted().acls(KAFKA))
    assert [*plan.change, *plan.take_away, *plan.refused, *plan.left_alone] == []


def test_one_that_is_as_it_should_be_gets_nothing() -> None:
    assert planned(Cluster(topics(), frozenset(Wanted().acls(KAFKA)))).empty


def test_without_an_authorizer_there_are_no_permissions_to_plan() -> None:
    plan = planned(Cluster(topics(), None))
    assert plan.empty
    assert not plan.guarded


@pytest.mark.parametrize(("has", "because"), [(12, "takes none away"), (3, "keys would move")])
def test_another_number_of_partitions_is_refused(has: int, because: str) -> None:
    [why] = planned(Cluster(topics(accounts=found(Topic.ACCOUNTS, has)), None)).refused
    assert why.startswith(f"here.guichet.accounts has {has} partitions, 6 are wanted")
    assert because in why


def test_a_number_of_partitions_that_the_file_names_is_what_is_wanted() -> None:
    alike = {name: one._replace(partitions=12) for name, one in topics().items()}
    assert planned(Cluster(alike, None), Wanted(partitions=12)).empty
    assert {shape.partitions for shape in planned(Cluster({}, None), Wanted(partitions=12)).make} == {12}


def test_facts_kept_too_shortly_are_kept_longer() -> None:
    [change] = planned(Cluster(topics(accounts=found(Topic.ACCOUNTS, retention_ms=DAYS[7])), None)).change
    assert change == ("here.guichet.accounts", "retention.ms", DAYS[7], DAYS[30])


@pytest.mark.parametrize(("was", "told"), [(DAYS[60], "60 days"), ("-1", "without end")])
def test_facts_kept_for_longer_are_deleted_only_when_that_is_said(was: str, told: str) -> None:
    cluster = Cluster(topics(accounts=found(Topic.ACCOUNTS, retention_ms=was)), None)
    [why] = planned(cluster).refused
    assert f"retention.ms {told}, 30 days are wanted" in why
    assert planned(cluster, shorten=True).refused == []
    assert len(planned(cluster, shorten=True).change) == 1


@pytest.mark.parametrize(
    ("topic", "policy"), [(Topic.ACCOUNTS, "compact"), (Topic.CONTACTS, "delete"), (Topic.CONTACTS, "compact,delete")]
)
def test_another_cleanup_policy_is_refused_however_one_asks(topic: Topic, policy: str) -> None:
    cluster = Cluster(topics(**{topic.name.lower(): found(topic, cleanup_policy=policy)}), None)
    for shorten in (False, True):
        [why] = planned(cluster, shorten=shorten).refused
        assert f"{topic} has cleanup.policy {policy}" in why


def test_topics_are_compacted_within_a_day() -> None:
    [change] = planned(Cluster(topics(contacts=found(Topic.CONTACTS, max_compaction_lag_ms=DAYS[7])), None)).change
    assert (change.name, change.value) == ("max.compaction.lag.ms", str(24 * 3600 * 1000))


def rule(user: str, operation: Operation, name: str, **differs: int) -> Acl:
    acl = Acl(Kind.TOPIC, name, Pattern.LITERAL, f"User:{user}", "*", operation)
    return acl._replace(**differs)


@pytest.mark.parametrize(
    "surplus",
    [
        rule("notifier", Operation.WRITE, "here.guichet.accounts"),
        rule("notifier", Operation.ALL, "here.", pattern=Pattern.PREFIXED),
        rule("notifier", Operation.WRITE, "*"),
        rule("reporting", Operation.READ, "here.guichet.contacts"),
        rule("reporting", Operation.READ, "here.notifier", kind=Kind.GROUP),
        rule("auth", Operation.ALTER, "kafka-cluster", kind=Kind.CLUSTER),
    ],
    ids=str,
)
def test_what_a_principal_of_ours_may_beyond_its_own_is_taken_away(surplus: Acl) -> None:
    wanted = Wanted(subscribers={"reporting": None})
    plan = planned(Cluster(topics(), frozenset({*wanted.acls(KAFKA), surplus})), wanted)
    assert plan.take_away == [surplus]
    assert [*plan.grant, *plan.left_alone] == []


@pytest.mark.parametrize(
    "other",
    [
        rule("somebody", Operation.READ, "here.guichet.accounts"),
        rule("*", Operation.READ, "here.guichet.", pattern=Pattern.PREFIXED),
        rule("administrator", Operation.ALL, "kafka-cluster", kind=Kind.CLUSTER),
        rule("notifier", Operation.READ, "here.guichet.accounts", permission=DENY),
    ],
    ids=str,
)
def test_what_others_may_and_what_is_forbidden_is_left_alone_and_listed(other: Acl) -> None:
    plan = planned(Cluster(topics(), frozenset({*Wanted().acls(KAFKA), other})))
    assert plan.empty
    assert plan.left_alone == [str(other)]


def test_what_does_not_concern_us_is_not_even_listed() -> None:
    elsewhere = rule("notifier", Operation.WRITE, "orders")
    plan = planned(
        Cluster({**topics(), "here.guichet.old": Found(1, {})}, frozenset(Wanted().acls(KAFKA)) | {elsewhere})
    )
    assert plan.empty
    assert plan.left_alone == ["topic here.guichet.old: the code knows none of this name"]


def test_a_subscriber_reads_facts_and_people_only_where_they_are_granted() -> None:
    granted = {
        acl.name for acl in Wanted(subscribers={"reporting": None}).acls(KAFKA) if acl.principal == "User:reporting"
    }
    assert granted == {
        *(KAFKA.topic(topic) for topic in (Topic.ACCOUNTS, Topic.CONTRACTS, Topic.NOTIFICATIONS)),
        "here.reporting",
        "here.reporting.",
    }
    crm = Wanted(subscribers={"crm": [Topic.CONTACTS]}).acls(KAFKA)
    assert "here.guichet.contacts" in {acl.name for acl in crm if acl.principal == "User:crm"}


def test_a_subscriber_with_an_empty_list_loses_what_it_had() -> None:
    had = [acl for acl in Wanted(subscribers={"crm": None}).acls(KAFKA) if acl.principal == "User:crm"]
    cluster = Cluster(topics(), frozenset([*Wanted().acls(KAFKA), *had]))
    assert planned(cluster, Wanted(subscribers={"crm": []})).take_away == sorted(had)
    assert len(planned(cluster).left_alone) == 3, (
        "nobody says that crm is ours; of its group rules two are about itself"
    )


def test_services_may_have_users_of_other_names() -> None:
    wanted = Wanted(services={"auth": "here-auth"})
    assert {acl.principal for acl in wanted.acls(KAFKA)} == {"User:here-auth", "User:contracts", "User:notifier"}


def test_shapes_are_alike_so_that_a_key_has_one_partition_number_in_all_topics() -> None:
    assert {replace(shape, topic=Topic.ACCOUNTS, retention=None) for shape in SHAPES} == {
        replace(SHAPES[0], retention=None)
    }
