"""One effect per event, in order per key, whatever comes twice, late or wrongly."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shared.db import Database
from shared.events import Topic
from shared.events.cloudevents import headers
from shared.ids import new_id
from shared.inbox import GiveUp, Received, RetryLater, intake
from shared.inbox.dead_letters import list_dead_letters
from shared.inbox.handled import KEPT_DAYS, prune
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import FACTS_KEPT
from tests.integration.bus.effects import CONSUMER, Effects, consuming
from tests.integration.bus.facts import Writer, envelope_of, fact
from tests.support.waiting import until

Raw = tuple[Topic, bytes | None, list[tuple[str, bytes]], bytes | None]


async def test_an_event_that_comes_again_has_one_effect(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    key = new_id()
    first = await writer.write(fact(key, 1))
    await writer.write(fact(key, 1), event_id=first)  # in the same batch, as the consumer has not started
    async with consuming(db, kafka_settings, effects):
        await until(lambda: at(effects, key, [1]))
        await writer.write(fact(key, 1), event_id=first)
        await writer.write(fact(key, 2))

        await until(lambda: at(effects, key, [1, 2]))


async def test_a_message_that_waits_holds_the_later_ones_of_its_key_and_nobody_else(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    waiting, other = new_id(), new_id()
    ready = False

    def before(received: Received) -> None:
        if received.key == waiting and not ready:
            raise RetryLater(timedelta(milliseconds=50), "its contact is not known yet")

    effects.before = before
    async with consuming(db, kafka_settings, effects):
        for number in (1, 2):
            await writer.write(fact(waiting, number))
            await writer.write(fact(other, number))
        await until(lambda: at(effects, other, [1, 2]))
        await writer.write(fact(waiting, 3))
        await until(lambda: waits(db, 3))
        assert await effects.numbers(waiting) == []

        ready = True
        await until(lambda: at(effects, waiting, [1, 2, 3]))
    assert await waits(db, 0)


async def test_a_message_that_is_given_up_becomes_a_dead_letter_and_the_later_ones_of_its_key_pass(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    key = new_id()

    def before(received: Received) -> None:
        if received.event.generation == 1:
            raise GiveUp("nobody can do this")

    effects.before = before
    async with consuming(db, kafka_settings, effects):
        for number in (1, 2):
            await writer.write(fact(key, number, sealed="as-it-came"))
        await until(lambda: at(effects, key, [2]))

    (letter,) = await list_dead_letters(db)
    assert letter.reason == "nobody can do this"
    assert letter.message.value == fact(key, 1, sealed="as-it-came").payload


async def test_a_handler_that_fails_unforeseen_is_tried_again_and_then_left_as_a_dead_letter_without_its_words(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(intake, "UNFORESEEN", (timedelta(0), timedelta(0)))
    key, tries = new_id(), []

    def before(received: Received) -> None:
        if received.event.generation == 1:
            tries.append(received)
            raise KeyError("words that quote a secret")

    effects.before = before
    async with consuming(db, kafka_settings, effects):
        for number in (1, 2):
            await writer.write(fact(key, number))
        await until(lambda: at(effects, key, [2]))

    assert len(tries) >= 3
    (letter,) = await list_dead_letters(db)
    assert letter.reason == "the handler failed: KeyError"


def huge(good: Raw) -> Raw:
    return (*good[:3], b'{"portal": "' + b"x" * 1024 * 1000 + b'"}')


def null_value(good: Raw) -> Raw:
    return (*good[:3], None)


def header_not_utf8(good: Raw) -> Raw:
    return good[0], good[1], [*good[2][:-1], ("traceparent", b"\xff\xfe")], good[3]


def header_with_nul(good: Raw) -> Raw:
    return good[0], good[1], [(name, b"a\0b" if name == "ce_type" else value) for name, value in good[2]], good[3]


def no_headers(good: Raw) -> Raw:
    return good[0], good[1], [], good[3]


def strange_header(good: Raw) -> Raw:
    return good[0], good[1], [("\0", b"\0"), ("ce_id", b"x")], good[3]


def no_key(good: Raw) -> Raw:
    return good[0], None, good[2], good[3]


def key_not_a_uuid(good: Raw) -> Raw:
    return good[0], b"\xff\x00", good[2], good[3]


def another_key(good: Raw) -> Raw:
    return good[0], str(new_id()).encode(), good[2], good[3]


def unknown_type(good: Raw) -> Raw:
    other = (b"guichet.auth.password_forgotten.v7", good[3])
    return good[0], good[1], [(name, other[0] if name == "ce_type" else value) for name, value in good[2]], good[3]


def missing_field(good: Raw) -> Raw:
    return (*good[:3], b'{"portal": "egec"}')


def not_json(good: Raw) -> Raw:
    return (*good[:3], b"\x00\xff{")


def wrong_topic(good: Raw) -> Raw:
    return (Topic.CONTACTS, *good[1:])


POISON: tuple[Callable[[Raw], Raw], ...] = (
    huge,
    null_value,
    header_not_utf8,
    header_with_nul,
    no_headers,
    strange_header,
    no_key,
    key_not_a_uuid,
    another_key,
    unknown_type,
    missing_field,
    not_json,
    wrong_topic,
)


async def test_what_cannot_be_read_becomes_a_dead_letter_and_blocks_nobody(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    key = new_id()
    poisoned = []
    async with consuming(db, kafka_settings, effects):
        for poison in POISON:
            event = fact(key, 1)
            good = (Topic.ACCOUNTS, str(key).encode(), headers(envelope_of(event)), event.payload)
            poisoned.append(poison(good))
            await writer.write_raw(*poisoned[-1])
        await writer.write(fact(key, 2))
        await until(lambda: at(effects, key, [2]))
        await until(lambda: dead(db, len(POISON)))

    letters = await list_dead_letters(db)
    came = {(one.message.key, one.message.headers, one.message.value) for one in letters}
    assert came == {(raw[1], tuple(raw[2]), raw[3]) for raw in poisoned}


async def test_a_field_that_a_newer_producer_added_is_ignored(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    event = fact(new_id(), 1)
    payload = event.payload.replace(b"{", b'{"new": {"to": "us"}, ', 1)
    async with consuming(db, kafka_settings, effects):
        await writer.write_raw(event.topic, str(event.key).encode(), headers(envelope_of(event)), payload)
        await until(lambda: at(effects, event.key, [1]))


async def test_a_known_type_nobody_asked_for_is_passed_over(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects
):
    event = fact(new_id(), 1)
    unwanted = replace(envelope_of(event), type="guichet.auth.sessions_ended.v1")
    async with consuming(db, kafka_settings, effects):
        await writer.write_raw(event.topic, str(event.key).encode(), headers(unwanted), b"{}")
        await writer.write(event)
        await until(lambda: at(effects, event.key, [1]))

    assert await list_dead_letters(db) == []


async def test_what_was_handled_is_remembered_longer_than_any_topic_keeps_it(db: Database):
    for days in (1, KEPT_DAYS - 1, KEPT_DAYS + 1):
        query = "insert into inbox (consumer, event_id, handled_at) values ($1, $2, now() - make_interval(days => $3))"
        await db.execute(query, CONSUMER, new_id(), days)

    await prune(db, CONSUMER, asyncio.Event())

    assert await db.fetchval("select count(*) from inbox") == 2
    assert timedelta(days=KEPT_DAYS) > FACTS_KEPT


async def test_what_is_old_is_forgotten_lot_by_lot_until_none_is_left(db: Database):
    query = """
        insert into inbox (consumer, event_id, handled_at)
        select consumer, gen_random_uuid(), now() - make_interval(days => age)
          from unnest(array[$1, 'another']) as consumer, unnest(array[$2, 1]) as age, generate_series(1, 10)
    """
    await db.execute(query, CONSUMER, KEPT_DAYS + 1)

    await prune(db, CONSUMER, asyncio.Event(), lot=3)

    assert await db.fetchval("select count(*) from inbox where consumer = $1", CONSUMER) == 10
    assert await db.fetchval("select count(*) from inbox") == 30


async def at(effects: Effects, key: UUID, numbers: list[int]) -> bool:
    return await effects.numbers(key) == numbers


async def waits(db: Database, count: int) -> bool:
    return await db.fetchval("select count(*) from inbox_parked") == count


async def dead(db: Database, count: int) -> bool:
    return len(await list_dead_letters(db)) == count
