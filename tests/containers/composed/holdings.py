"""What topics, databases and mailboxes of the composed system hold, put side by side for the faults' ledger."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from deploy.local.caught import Caught
from shared.events import MailSent, PasswordRegenerated, Topic
from tests.containers.engine import docker
from tests.containers.system import System
from tests.faults.suite.feed import Feed
from tests.faults.suite.ledger import Copy, Delivery, Fact, Kill, Seen

# All facts on our topics, as the operator at Kafka may read them; each partition in its order.
READ = """
import asyncio, json, os, pathlib
from aiokafka import AIOKafkaConsumer
from pydantic import SecretStr
from shared.events import Topic
from shared.kafka.settings import KafkaSettings
name = os.environ["GUICHET_KAFKA_USERNAME"]
password = pathlib.Path(os.environ["GUICHET_KAFKA_PASSWORD_FILE"]).read_text()
to = KafkaSettings(os.environ["GUICHET_KAFKA_SERVERS"], name, SecretStr(password)).connection()
def told(record):
    headers = {name: value.decode() for name, value in record.headers}
    data = json.loads(record.value) if record.value else {}
    data.pop("sealed", None)
    about = {"topic": record.topic, "key": record.key.decode(), "id": headers["ce_id"], "type": headers["ce_type"]}
    return json.dumps({**about, "data": data})
async def main():
    async with AIOKafkaConsumer(*Topic, auto_offset_reset="earliest", **to) as consumer:
        while not consumer.assignment(): await asyncio.sleep(0.05)
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    if record.headers: print(told(record))
asyncio.run(main())
"""

ACCOUNTS = "select id, identifier, email from accounts"
COMMITTED = """
    select account_id, count(*) as number from audit
     where action = 'activation_asked' and details->>'outcome' = 'regenerated' group by account_id
"""
DELIVERIES = """
    select d.id, d.caused_by as cause, d.account_id as account, d.generation, d.state, d.due_at is null as at_its_end,
           (select count(*) from attempts a where a.delivery_id = d.id and a.verdict = 'sent') as sent
      from deliveries d where d.mail = 'password_regenerated'
"""
COUNTERS = ("generation", "version", "contact_version")  # of a key; they only grow
COUNTED = (Topic.ACCOUNTS, Topic.CONTACTS, Topic.ACTIVE_CONTRACTS)

Record = Mapping[str, Any]


def ask_database(system: System, service: str, query: str) -> list[dict[str, Any]]:
    look = f"select coalesce(json_agg(found), '[]') from ({query}) found"  # noqa: S608 -- of constants
    socket = ("psql", "-U", "postgres", "-h", "/var/run/postgresql", "-d", f"guichet_{service}")
    rows: list[dict[str, Any]] = json.loads(docker("exec", system.container("postgres"), *socket, "-Atc", look))
    return rows


def read_topics(system: System) -> list[Record]:
    said = system.compose("run", "--rm", "--no-deps", "-T", "--entrypoint", "python", "topics", "-c", READ)
    return [json.loads(line) for line in said.splitlines()]


def steps_back(records: Sequence[Record]) -> Iterator[str]:
    """Each fact that tells a lower counter than one before it of its key; a fact counts where it lies first."""
    newest: dict[tuple[str, str, str], int] = {}
    seen: set[str] = set()
    for record in records:
        if record["topic"] not in COUNTED or record["id"] in seen:
            continue
        seen.add(record["id"])
        for counter in COUNTERS:
            place, number = (record["topic"], record["key"], counter), record["data"].get(counter)
            if number is None:
                continue
            if number < newest.get(place, number):
                yield f"{place}: {number} after {newest[place]}"
            newest[place] = max(number, newest.get(place, number))


def observe(system: System, feed: Feed, mails: Sequence[Caught], records: Sequence[Record], kills: list[Kill]) -> Seen:
    """Of the feed's customers. What mails show stays sealed here, so it is the same for all."""
    ids = {row["identifier"]: UUID(row["id"]) for row in ask_database(system, "auth", ACCOUNTS)}
    ours = {ids[customer.identifier] for customer in feed.customers}
    addresses = {customer.email for customer in feed.customers}
    committed = {UUID(row["account_id"]): row["number"] for row in ask_database(system, "auth", COMMITTED)}
    told = {r["id"]: UUID(r["data"]["delivery_id"]) for r in records if r["type"] == MailSent.type}
    facts = [
        Fact(UUID(r["id"]), UUID(r["key"]), r["data"]["generation"], "")
        for r in records
        if r["type"] == PasswordRegenerated.type
    ]
    times_told = Counter(told.values())
    deliveries = [_delivery(row, times_told) for row in ask_database(system, "notifier", DELIVERIES)]
    return Seen(
        asked=Counter({ids[name]: count for name, count in feed.asked.items()}),
        promised=Counter({ids[name]: count for name, count in feed.promised.items()}),
        committed=Counter({account: number for account, number in committed.items() if account in ours}),
        facts=[fact for fact in facts if fact.account in ours],
        deliveries=[delivery for delivery in deliveries if delivery.account in ours],
        copies=[_copy(mail) for mail in mails if mail.recipients[0] in addresses],
        kills=kills,
    )


def _delivery(row: dict[str, Any], told: Mapping[UUID, int]) -> Delivery:
    given = {name: UUID(row[name]) for name in ("id", "cause", "account")}
    return Delivery(**{**row, **given}, told=told[given["id"]])


def _copy(mail: Caught) -> Copy:
    delivery = UUID(str(mail.message["Message-ID"]).partition("@")[0].lstrip("<"))
    shown = f"{mail.subject}\n{mail.text}\n{mail.html}".encode()
    return Copy(delivery, mail.recipients[0], "", shown, mail.received.timestamp())
