"""`guichet topics plan|apply`, as an operator gives it, on a broker with an authorizer and on one without."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.cluster.acls import ANYWHERE, Acl, Kind, Operation, Pattern, grant, list_acls
from deploy.cluster.topic_settings import Change, change_settings, find_settings
from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings
from tests.support.command import Done, guichet
from tests.support.guarded import ADMINISTRATOR, environment

Topics = Callable[..., Awaitable[Done]]
MONTH, TWO_MONTHS = str(30 * 86_400_000), str(60 * 86_400_000)


@pytest.fixture
def topics(nowhere: KafkaSettings, tmp_path: Path) -> Topics:
    async def run(*arguments: str, file: str = "partitions: 1", user: str = ADMINISTRATOR) -> Done:
        (tmp_path / "topics.yaml").write_text(file)
        told = {**environment(nowhere, user), "GUICHET_DATA": str(tmp_path)}
        return await guichet("topics", *arguments, "--file", tmp_path / "topics.yaml", environment=told)

    return run


async def test_apply_does_what_plan_says_and_then_there_is_nothing_to_do(
    topics: Topics, nowhere: KafkaSettings, admin: AIOKafkaAdminClient
) -> None:
    planned = await topics("plan")
    assert (planned.status, planned.err) == (0, "")
    assert f"would make {nowhere.topic(Topic.CONTACTS)}: 1 partitions, compacted" in planned.out
    assert f"would grant User:notifier may read topic {nowhere.topic(Topic.ACCOUNTS)}" in planned.out
    assert not {name for name in await admin.list_topics() if name.startswith(nowhere.prefix)}

    applied = await topics("apply")
    done = [("would make", "made"), ("would grant", "granted")]
    assert applied.out == planned.out.replace(*done[0]).replace(*done[1])
    again = [await topics("plan"), await topics("apply")]
    assert [(one.status, one.out.splitlines()[-1]) for one in again] == [(0, "nothing to do")] * 2


async def test_a_user_that_kafka_does_not_know_is_told_so(topics: Topics) -> None:
    refused = await topics("apply", "--wait", "1", user="nobody")
    waiting, why = refused.err.splitlines()
    assert refused.status == 1
    assert waiting.startswith("Kafka cannot be used yet, waiting at most 1 s: ")
    assert "invalid credentials" in waiting
    assert "invalid credentials" in why


async def test_of_servers_that_cannot_be_used_each_is_told_why() -> None:
    refused = await guichet("topics", "plan", environment={"GUICHET_KAFKA_SERVERS": "127.0.0.1:1,nowhere.invalid:9092"})
    assert refused.status == 1
    assert "127.0.0.1:1: [Errno 111]" in refused.err
    assert "nowhere.invalid:9092: " in refused.err


async def test_what_was_changed_by_hand_is_put_right_and_what_is_others_is_left(
    topics: Topics, nowhere: KafkaSettings, admin: AIOKafkaAdminClient
) -> None:
    await topics("apply")
    name = nowhere.topic(Topic.ACCOUNTS)
    by_hand = [Change(name, "retention.ms", None, "1000"), Change(name, "compression.type", None, "gzip")]
    await change_settings(admin, by_hand)
    surplus = Acl(Kind.TOPIC, name, Pattern.LITERAL, "User:notifier", ANYWHERE, Operation.WRITE)
    other = surplus._replace(principal="User:somebody")
    await grant(admin, [surplus, other])
    await admin.create_topics([NewTopic(f"{nowhere.prefix}guichet.old", 1, 1)])

    said = json.loads((await topics("apply", "--json")).out)
    assert (said["done"], said["permissions"]) == (True, "kept")
    assert [(one["name"], one["was"], one["value"]) for one in said["change"]] == [("retention.ms", "1000", MONTH)]
    assert [one["rule"] for one in said["take_away"]] == [str(surplus)]
    assert str(other) in said["left_alone"]
    assert f"topic {nowhere.prefix}guichet.old: the code knows none of this name" in said["left_alone"]

    rules = await list_acls(admin)
    assert rules is not None
    assert other in rules
    assert surplus not in rules
    settings = (await find_settings(admin, [name]))[name]
    assert (settings["retention.ms"], settings["compression.type"]) == (MONTH, "gzip")


async def test_where_something_would_be_lost_nothing_is_done_at_all(
    topics: Topics, nowhere: KafkaSettings, admin: AIOKafkaAdminClient
) -> None:
    await topics("apply")
    accounts, contacts = nowhere.topic(Topic.ACCOUNTS), nowhere.topic(Topic.CONTACTS)
    await change_settings(
        admin, [Change(accounts, "retention.ms", None, TWO_MONTHS), Change(contacts, "cleanup.policy", None, "delete")]
    )
    before = await list_acls(admin)

    refused = await topics("apply", file="{partitions: 2, subscribers: {crm: }}")
    assert refused.status == 1
    assert len(refused.err.splitlines()) == len(Topic) + 2
    assert f"guichet: {accounts} has 1 partitions, 2 are wanted: keys would move" in refused.err
    assert f"guichet: {accounts} has retention.ms 60 days, 30 days are wanted" in refused.err
    assert f"guichet: {contacts} has cleanup.policy delete" in refused.err
    assert "would grant User:crm" in refused.out
    assert await list_acls(admin) == before
    assert (await find_settings(admin, [accounts]))[accounts]["retention.ms"] == TWO_MONTHS

    await change_settings(admin, [Change(contacts, "cleanup.policy", None, "compact")])
    assert (await topics("plan")).status == 1
    shortened = await topics("apply", "--shorten")
    assert (shortened.status, shortened.err) == (0, "")
    assert f"changed {accounts}: retention.ms {TWO_MONTHS} -> {MONTH}\n" in shortened.out


async def test_who_may_not_see_the_permissions_is_told_so(topics: Topics) -> None:
    refused = await topics("plan", user="auth")
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)
    assert "permissions: " in refused.err


async def test_a_wrong_file_is_a_fault_of_its_own(topics: Topics) -> None:
    refused = await topics("apply", file="{partitions: 0, subscriber: {}}")
    assert refused.status == 1
    assert [line.partition("topics.yaml: ")[2].split(":")[0] for line in refused.err.splitlines()] == [
        "partitions",
        "subscriber",
    ]


async def test_a_cluster_without_an_authorizer_has_topics_and_no_permissions(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    """The local stack's is such a one."""
    told = {
        "GUICHET_KAFKA_SERVERS": kafka_settings.servers,
        "GUICHET_KAFKA_PREFIX": kafka_settings.prefix + "elsewhere.",
        "GUICHET_DATA": str(tmp_path),
    }
    for _ in range(2):
        applied = await guichet("topics", "apply", environment=told)
        assert (applied.status, applied.err) == (0, "")
        assert "permissions: left out, for the cluster has no authorizer" in applied.out
    assert applied.out.endswith("nothing to do\n")
    assert json.loads((await guichet("topics", "plan", "--json", environment=told)).out)["permissions"] == (
        "no authorizer"
    )
