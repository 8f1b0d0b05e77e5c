"""The whole notifier, from facts on Kafka to mails and to the facts it publishes itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.key_files import KeyFiles
from deploy.local.ports import free_port
from shared.events import ContactChanged, Event, MailSent, MailSuperseded, Topic
from shared.events.cloudevents import Envelope, headers
from shared.ids import EventId
from shared.kafka.settings import KafkaSettings
from tests.integration.notifier.desk import QUICK, Desk, Person, received
from tests.support.running import InLoop
from tests.support.smtp_server import SmtpServer
from tests.support.stack import TestDatabase
from tests.support.topic import of_type, read_topic
from tests.support.waiting import until

CAREFUL = replace(QUICK, patience=30.0)  # catches up before it sends


@dataclass(frozen=True, slots=True)
class Auth:
    """In auth's place: what it publishes."""

    kafka: KafkaSettings
    producer: AIOKafkaProducer

    async def publishes(self, *facts: Event | tuple[Event, EventId]) -> None:
        for fact in facts:
            message = received(fact)
            assert message.event is not None
            await self._send(message.envelope, message.topic, message.event.payload)

    async def erases(self, person: Person) -> None:
        await self._send(received(person.contact()).envelope, Topic.CONTACTS, None)

    async def _send(self, envelope: Envelope, topic: Topic, value: bytes | None) -> None:
        await self.producer.send_and_wait(
            self.kafka.topic(topic), value, key=envelope.subject.encode(), headers=headers(envelope)
        )


@pytest_asyncio.fixture
async def auth(kafka_settings: KafkaSettings) -> AsyncIterator[Auth]:
    async with AIOKafkaProducer(**kafka_settings.connection()) as producer:
        yield Auth(kafka_settings, producer)


@pytest.fixture
def environment(
    notifier_database: TestDatabase,
    kafka_settings: KafkaSettings,
    key_files: KeyFiles,
    portals_folder: Path,
    server: SmtpServer,
) -> Mapping[str, str]:
    return {
        "GUICHET_DATABASE_URL": notifier_database.url,
        "GUICHET_KAFKA_SERVERS": kafka_settings.servers,
        "GUICHET_KAFKA_PREFIX": kafka_settings.prefix,
        "GUICHET_PORTALS": str(portals_folder),
        "GUICHET_SEAL_KEYS_FILE": str(key_files.seal_private),
        "GUICHET_TOKEN_KEYS_FILE": str(key_files.token_public),
        "GUICHET_SMTP_URL": server.url,
        "GUICHET_ADMIN_PORT": str(free_port()),
    }


@asynccontextmanager
async def running(environment: Mapping[str, str]) -> AsyncIterator[None]:
    notifier = InLoop("notifier", environment, more={"pace": CAREFUL})
    await notifier.start()
    try:
        yield
    finally:
        await notifier.stop()


async def test_a_notifier_that_slept_through_three_requests_mails_the_last(
    desk: Desk, auth: Auth, environment: Mapping[str, str], server: SmtpServer, kafka_settings: KafkaSettings
):
    person = desk.person()
    await auth.publishes(person.contact())
    await auth.publishes(*(desk.password(person, n, password=f"aB3*efgh{n}") for n in (1, 2, 3)))
    async with running(environment):
        await desk.until_states(person, "superseded", "superseded", "sent")

        async def told() -> bool:
            messages = await read_topic(kafka_settings, Topic.NOTIFICATIONS)
            assert all(message.envelope.source == "/guichet/notifier" for message in messages)
            return len(list(of_type(messages, MailSuperseded))) == 2 and len(list(of_type(messages, MailSent))) == 1

        await until(told)
    assert ["aB3*efgh3" in taken.text for taken in server.taken] == [True]


async def test_facts_of_two_streams_may_come_in_any_order_and_twice(
    desk: Desk, auth: Auth, environment: Mapping[str, str], server: SmtpServer
):
    person = desk.person()
    asked = desk.password(person, contact_version=2)
    async with running(environment):
        await auth.publishes(asked, asked, person.contact(1, address="ancienne@example.org"))
        await desk.until_states(person, "queued")
        await auth.publishes(person.contact(2), asked)
        await desk.until_states(person, "sent")
    assert [taken.recipient for taken in server.taken] == [person.address]


async def test_who_is_erased_gets_no_mail_any_more(
    desk: Desk, auth: Auth, environment: Mapping[str, str], server: SmtpServer
):
    person = desk.person()
    server.always["rcpt"] = "451 4.3.0 later"
    async with running(environment):
        await auth.publishes(person.contact(), desk.password(person))
        await until(lambda: any(packet.startswith(b"MAIL") for packet in server.packets))
        await auth.erases(person)
        await desk.until_states(person, "cancelled")
        contact = ContactChanged.model_validate(person.contact(7).model_dump())
        await auth.publishes(contact, desk.password(person, 2, contact_version=7))
        await desk.until_states(person, "cancelled", "cancelled")
    assert server.taken == []
