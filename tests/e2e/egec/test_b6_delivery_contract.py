"""B6: what subscribers may rely on: facts in the order of each account, under ids that stay, in a fixed form."""

import re

from shared.events import AccountOpened, ContactChanged, MailSent, PasswordRegenerated
from shared.events.topics import Topic
from tests.support.customer_portal import Customer, CustomerPortal, SignedIn
from tests.support.topic import Message, of_type, read_topic, send_again
from tests.support.waiting import until
from tests.support.world import World

TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
UUID_7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


async def facts(world: World, topic: Topic, customer: Customer, portal: str = "egec") -> list[Message]:
    account = await world.desk.account_id(portal, customer.identifier)
    return [message for message in await read_topic(world.kafka, topic) if str(message.key) == account]


async def test_b6_an_accounts_facts_come_in_their_order(shared_world: World, egec: CustomerPortal) -> None:
    customer = await egec.customer()
    for _ in range(2):
        await egec.activate(customer)

    told = await facts(shared_world, Topic.ACCOUNTS, customer)
    assert [m.envelope.type for m in told] == [AccountOpened.type, PasswordRegenerated.type, PasswordRegenerated.type]
    first, second = [m.event for m in of_type(told, PasswordRegenerated)]
    assert isinstance(first, PasswordRegenerated)
    assert isinstance(second, PasswordRegenerated)
    assert first.generation < second.generation
    (contact,) = await facts(shared_world, Topic.CONTACTS, customer)
    assert isinstance(contact.event, ContactChanged)
    assert contact.event.version == first.contact_version


async def test_b6_every_fact_is_a_cloudevent_in_binary_mode(shared_world: World, egec: CustomerPortal) -> None:
    customer = await egec.customer()
    await egec.activate(customer)

    for message in await facts(shared_world, Topic.ACCOUNTS, customer):
        headers = {name: value.decode() for name, value in message.headers}
        assert headers["ce_specversion"] == "1.0"
        assert headers["ce_source"] == "/guichet/auth"
        assert headers["ce_type"].startswith("guichet.auth.")
        assert headers["ce_type"].endswith(".v1")
        assert headers["ce_subject"] == str(message.key)
        assert headers["ce_portal"] == "egec"
        assert headers["content-type"] == "application/json"
        assert UUID_7.fullmatch(headers["ce_id"])
        assert TRACEPARENT.fullmatch(headers["traceparent"])
        assert {"ce_time", "ce_dataschema"} <= headers.keys()
        assert len(headers) == len(message.headers) == 10


async def test_b6_facts_hold_nothing_of_the_person(shared_world: World, egec: CustomerPortal) -> None:
    customer = await egec.customer(name="Aliénor Introuvable")
    await egec.activate(customer)
    await until(lambda: facts(shared_world, Topic.NOTIFICATIONS, customer))

    told = [m for topic in (Topic.ACCOUNTS, Topic.NOTIFICATIONS) for m in await facts(shared_world, topic, customer)]
    assert len(told) == 3
    for message in told:
        assert message.value
        for personal in (customer.name, customer.email, customer.identifier):
            assert personal not in message.value.decode("unicode-escape")
            assert personal.encode() not in message.value


async def test_b6_what_became_of_a_mail_is_told_with_its_cause_and_in_its_trace(
    shared_world: World, egec: CustomerPortal
) -> None:
    customer = await egec.customer()
    await egec.activate(customer)
    await until(lambda: facts(shared_world, Topic.NOTIFICATIONS, customer))

    (told,) = await facts(shared_world, Topic.NOTIFICATIONS, customer)
    cause = next(of_type(await facts(shared_world, Topic.ACCOUNTS, customer), PasswordRegenerated))
    assert isinstance(told.event, MailSent)
    assert told.event.caused_by == cause.envelope.id
    assert (told.event.attempts, told.event.smtp_code) == (1, 250)
    assert told.envelope.source == "/guichet/notifier"
    assert told.envelope.traceparent.split("-")[1] == cause.envelope.traceparent.split("-")[1]


async def test_s1_15_a_redelivered_fact_regenerates_nothing_and_mails_nobody(
    shared_world: World, egec: CustomerPortal
) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)
    fact = next(of_type(await facts(shared_world, Topic.ACCOUNTS, customer), PasswordRegenerated))

    await send_again(shared_world.kafka, Topic.ACCOUNTS, fact)
    copies = list(of_type(await facts(shared_world, Topic.ACCOUNTS, customer), PasswordRegenerated))
    assert [copy.envelope.id for copy in copies] == [fact.envelope.id] * 2
    await until(lambda: _consumed(shared_world, copies[-1]))

    assert [row["state"] for row in await shared_world.deliveries(customer)] == ["sent"]
    assert egec.catcher.messages(customer.email) == [mail.caught]
    assert await egec.sign_in(customer, mail.password) == SignedIn(customer)


async def _consumed(world: World, message: Message) -> bool:
    return bool(
        await world.in_notifier(
            "select from inbox_offsets where topic like '%' || $1 and partition = $2 and next_offset > $3",
            Topic.ACCOUNTS.value,
            message.partition,
            message.offset,
        )
    )
