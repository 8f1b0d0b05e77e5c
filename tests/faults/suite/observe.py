"""What databases, Kafka and the mail server hold, put side by side for the ledger."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from shared.events import MailSent, PasswordRegenerated, Topic
from tests.faults.suite.ledger import Copy, Delivery, Fact, Seen
from tests.faults.suite.stage import Stage
from tests.support.password_mail import password_in
from tests.support.smtp_server import Taken
from tests.support.topic import of_type, read_topic
from tests.support.world import World, open_password

COMMITTED = """
    select account_id, count(*) as number
      from audit
     where action = 'activation_asked' and details->>'outcome' = 'regenerated'
     group by account_id
"""

DELIVERIES = """
    select d.id, d.caused_by as cause, d.account_id as account, d.generation, d.state, d.due_at is null as at_its_end,
           (select count(*) from attempts a where a.delivery_id = d.id and a.verdict = 'sent') as sent
      from deliveries d
"""


async def observe(stage: Stage, ends: Mapping[str, str] | None = None, cut: frozenset[str] = frozenset()) -> Seen:
    """`ends` and `cut` are by address, of those whose server is not polite."""
    world, feed = stage.world, stage.feed
    rows = await world.in_auth("select id, identifier, email from accounts")
    ids: dict[str, UUID] = {row[name]: row["id"] for row in rows for name in ("identifier", "email")}
    told = {m.envelope.id: m.event for m in of_type(await read_topic(world.kafka, Topic.NOTIFICATIONS), MailSent)}
    times_told = Counter(event.delivery_id for event in told.values() if isinstance(event, MailSent))
    return Seen(
        asked=Counter({ids[name]: count for name, count in feed.asked.items()}),
        promised=Counter({ids[name]: count for name, count in feed.promised.items()}),
        committed=Counter({row["account_id"]: row["number"] for row in await world.in_auth(COMMITTED)}),
        facts=await _facts(world),
        deliveries=[Delivery(**dict(row), told=times_told[row["id"]]) for row in await world.in_notifier(DELIVERIES)],
        copies=[_copy(taken) for taken in stage.smtp.arrived],
        kills=stage.kills,
        ends={ids[address]: end for address, end in (ends or {}).items()},
        cut=frozenset(ids[address] for address in cut),
    )


async def _facts(world: World) -> list[Fact]:
    found = []
    for message in of_type(await read_topic(world.kafka, Topic.ACCOUNTS), PasswordRegenerated):
        assert isinstance(message.event, PasswordRegenerated)
        assert message.value is not None
        password = open_password(world.keys, message.envelope.id, message.value)
        found.append(Fact(message.envelope.id, message.key, message.event.generation, password))
    return found


def _copy(taken: Taken) -> Copy:
    delivery = UUID(taken.message_id.partition("@")[0].lstrip("<"))
    return Copy(delivery, taken.recipient, password_in(taken.text), taken.raw, taken.at)
