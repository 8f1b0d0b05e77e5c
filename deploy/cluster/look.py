"""How a cluster is, and how it becomes what a plan says."""

from aiokafka.admin import AIOKafkaAdminClient

from deploy.cluster.acls import grant, list_acls, take_away
from deploy.cluster.plan import NAMESPACE, Cluster, Found, Plan
from deploy.cluster.topic_settings import change_settings, find_settings
from shared.kafka.admin import make_topics
from shared.kafka.settings import KafkaSettings


async def look_at(admin: AIOKafkaAdminClient, kafka: KafkaSettings) -> Cluster:
    """Raises SettingRefused, AclRefused."""
    names = sorted(name for name in await admin.list_topics() if name.startswith(kafka.prefix + NAMESPACE))
    described = await admin.describe_topics(names) if names else []
    settings = await find_settings(admin, names)
    topics = {one["topic"]: Found(len(one["partitions"]), settings[one["topic"]]) for one in described}
    return Cluster(topics, await list_acls(admin))


async def carry_out(admin: AIOKafkaAdminClient, kafka: KafkaSettings, plan: Plan) -> None:
    """Whatever is refused in it is nobody's business here. Raises TopicRefused, SettingRefused, AclRefused."""
    if plan.make:
        await make_topics(admin, kafka, plan.make)
    if plan.change:
        await change_settings(admin, plan.change)
    if plan.grant:
        await grant(admin, plan.grant)
    if plan.take_away:
        await take_away(admin, plan.take_away)
