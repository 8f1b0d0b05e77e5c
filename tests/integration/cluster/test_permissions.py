"""What each principal can do on a broker that denies by default, tried cell by cell: principal, topic, operation."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest

from deploy.cluster.acls import AclRefused, list_acls
from deploy.cluster.look import carry_out, look_at
from deploy.cluster.plan import make_plan
from deploy.cluster.wanted import Wanted
from deploy.local.kafka import KafkaServer
from shared.events.topics import Topic
from shared.kafka.admin import open_admin
from shared.kafka.settings import KafkaSettings
from tests.integration.cluster.conftest import PRINCIPALS
from tests.support.guarded import ADMINISTRATOR, as_user
from tests.support.stack import unused_prefix
from tests.support.waiting import until

MUCH = 1 << 20  # octets
SUBSCRIBERS = {"reporting": None, "crm": [Topic.ACCOUNTS, Topic.CONTACTS]}

# w: write, r: read, d: describe. Whoever is not named may nothing.
MAY: Mapping[str, Mapping[Topic, str]] = {
    "auth": {
        Topic.ACCOUNTS: "wd",
        Topic.CONTACTS: "wd",
        Topic.CONTRACTS: "d",
        Topic.ACTIVE_CONTRACTS: "rd",
        Topic.NOTIFICATIONS: "d",
    },
    "contracts": {
        Topic.ACCOUNTS: "rd",
        Topic.CONTACTS: "rd",
        Topic.CONTRACTS: "wd",
        Topic.ACTIVE_CONTRACTS: "wd",
        Topic.NOTIFICATIONS: "d",
    },
    "notifier": {
        Topic.ACCOUNTS: "rd",
        Topic.CONTACTS: "rd",
        Topic.CONTRACTS: "rd",
        Topic.ACTIVE_CONTRACTS: "d",
        Topic.NOTIFICATIONS: "wd",
    },
    "reporting": {Topic.ACCOUNTS: "rd", Topic.CONTRACTS: "rd", Topic.NOTIFICATIONS: "rd"},
    "crm": {Topic.ACCOUNTS: "rd", Topic.CONTACTS: "rd"},
    "stranger": {},
}

# Groups a principal may read in, that is: join, and say how far it has come.
JOINS = {
    "auth": {"auth"},
    "contracts": {"contracts"},
    "notifier": {"notifier"},
    "reporting": {"reporting", "reporting.nightly"},
    "crm": {"crm", "crm.nightly"},
    "stranger": set[str](),
}
# Groups it may look at besides: those that must not be buried under its imports.
LOOKS = {"auth": {"contracts", "notifier"}, "contracts": {"auth", "notifier"}}
GROUPS = ("auth", "contracts", "notifier", "reporting", "reporting.nightly", "crm", "crm.nightly", "crmx")


@dataclass(frozen=True, slots=True)
class Somebody:
    """Signed in."""

    kafka: KafkaSettings
    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient


async def is_as_wanted(admin: AIOKafkaAdminClient, kafka: KafkaSettings, wanted: Wanted) -> bool:
    """A broker shows what it was told a moment later."""
    return make_plan(kafka, wanted, await look_at(admin, kafka)).empty


@pytest_asyncio.fixture(scope="module")
async def ruled(guarded: KafkaServer) -> KafkaSettings:
    """Topics with a fact in each, and nothing but the permissions that are planned."""
    kafka = as_user(KafkaSettings(guarded.bootstrap, prefix=unused_prefix()), ADMINISTRATOR)
    async with open_admin(kafka) as admin:
        wanted = Wanted(partitions=1, subscribers=SUBSCRIBERS)
        await carry_out(admin, kafka, make_plan(kafka, wanted, await look_at(admin, kafka)))
        await until(lambda: is_as_wanted(admin, kafka, wanted))
    async with AIOKafkaProducer(**kafka.connection()) as producer:
        for topic in Topic:
            await producer.send_and_wait(kafka.topic(topic), b"{}", key=b"key")
    async with open_admin(kafka) as admin:
        await until(lambda: coordinated(admin))
    return kafka


async def coordinated(admin: AIOKafkaAdminClient) -> bool:
    """Whether the broker has made the topic it keeps groups in, which it does when it is first asked."""
    try:
        await admin.find_coordinator("any")
    except GroupCoordinatorNotAvailableError:
        return False
    return True


@pytest_asyncio.fixture(scope="module", params=PRINCIPALS)
async def somebody(request: pytest.FixtureRequest, ruled: KafkaSettings) -> AsyncIterator[Somebody]:
    kafka = as_user(ruled, request.param)
    async with (
        AIOKafkaProducer(**kafka.connection()) as producer,
        open_admin(kafka) as admin,
    ):
        yield Somebody(kafka, producer, admin)


@pytest.mark.parametrize("topic", Topic, ids=lambda topic: topic.name.lower())
@pytest.mark.parametrize("operation", ["w", "r", "d"], ids=["write", "read", "describe"])
async def test_a_principal_can_do_with_a_topic_only_what_it_needs(
    somebody: Somebody, topic: Topic, operation: str
) -> None:
    name = somebody.kafka.topic(topic)
    attempt = {"w": write, "r": read, "d": describe}[operation]
    assert await attempt(somebody, name) == (operation in MAY[who(somebody)].get(topic, ""))


@pytest.mark.parametrize("group", GROUPS)
async def test_a_principal_reads_in_its_own_groups_only(somebody: Somebody, group: str) -> None:
    joins = group in JOINS[who(somebody)]
    assert await look_at_group(somebody, group) == (joins or group in LOOKS.get(who(somebody), ()))
    assert await come_forward(somebody, group) == joins


async def test_only_who_may_write_may_write_idempotently(somebody: Somebody) -> None:
    writes = [topic for topic, may in MAY[who(somebody)].items() if "w" in may]
    producer = AIOKafkaProducer(enable_idempotence=True, acks="all", **somebody.kafka.connection())
    try:
        async with producer:
            for topic in writes:
                await producer.send_and_wait(somebody.kafka.topic(topic), b"{}", key=b"key")
        written = True
    except ClusterAuthorizationFailedError:
        written = False
    assert written == bool(writes)


async def test_nobody_but_the_administrator_makes_deletes_or_sees_who_may_what(somebody: Somebody) -> None:
    topic = somebody.kafka.topic(Topic.ACCOUNTS)
    deleted = await somebody.admin.delete_topics([topic])
    made = await somebody.admin.create_topics([NewTopic(f"{topic}.mine", 1, 1)])
    assert {code for _, code, *_ in (*deleted.topic_error_codes, *made.topic_errors)} == {
        TopicAuthorizationFailedError.errno
    }
    with pytest.raises(AclRefused):
        await list_acls(somebody.admin)


def who(somebody: Somebody) -> str:
    assert somebody.kafka.username
    return somebody.kafka.username


async def write(somebody: Somebody, topic: str) -> bool:
    try:
        await somebody.producer.send_and_wait(topic, b"{}", key=b"key")
    except TopicAuthorizationFailedError:
        return False
    return True


async def read(somebody: Somebody, topic: str) -> bool:
    """By a request of its own: a consumer that may not even know of the topic waits for it for ever."""
    client = somebody.admin._client
    question = FetchRequest(0, 1, MUCH, 0, [(topic, [(0, 0, MUCH)])])
    answer = await client.send(client.get_random_node(), question)
    [(_, [(_, code, *_, records)])] = answer.topics
    if not code:
        return b"{}" in records
    assert for_code(code) is TopicAuthorizationFailedError
    return False


async def describe(somebody: Somebody, topic: str) -> bool:
    [found] = await somebody.admin.describe_topics([topic])
    if not found["error_code"]:
        return True
    assert for_code(found["error_code"]) is TopicAuthorizationFailedError
    return False


async def look_at_group(somebody: Somebody, group: str) -> bool:
    try:
        await somebody.admin.list_consumer_group_offsets(somebody.kafka.group(group))
    except GroupAuthorizationFailedError:
        return False
    return True


async def come_forward(somebody: Somebody, group: str) -> bool:
    """Says in the group's name how far it has read a topic that it may read, where there is one."""
    readable = [topic for topic, may in MAY[who(somebody)].items() if "r" in may] or [Topic.ACCOUNTS]
    place = TopicPartition(somebody.kafka.topic(readable[0]), 0)
    connection = somebody.kafka.connection()
    consumer = AIOKafkaConsumer(group_id=somebody.kafka.group(group), enable_auto_commit=False, **connection)
    try:
        async with consumer:
            consumer.assign([place])
            await consumer.commit({place: 1})
    except GroupAuthorizationFailedError:
        return False
    return True
