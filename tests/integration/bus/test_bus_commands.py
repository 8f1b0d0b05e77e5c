"""Dead letters and events, as an operator looks at them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from shared.db import Database
from shared.events import Topic
from shared.ids import new_id
from shared.inbox import GiveUp, Received
from shared.inbox.dead_letters import list_dead_letters, replay
from shared.inbox.waiting import count
from shared.kafka.settings import KafkaSettings
from tests.integration.bus.effects import CONSUMER, Effects, consuming
from tests.integration.bus.facts import Writer, fact
from tests.support.command import Done, guichet
from tests.support.stack import TestDatabase
from tests.support.waiting import PATIENCE, until

Command = Callable[..., Awaitable[Done]]


@pytest.fixture
def environment(auth_database: TestDatabase, kafka_settings: KafkaSettings, tmp_path: Path) -> dict[str, str]:
    return {
        "GUICHET_DATABASE_URL": auth_database.url,
        "GUICHET_KAFKA_SERVERS": kafka_settings.servers,
        "GUICHET_KAFKA_PREFIX": kafka_settings.prefix,
        "GUICHET_DATA": str(tmp_path),
    }


@pytest.fixture
def command(environment: dict[str, str]) -> Command:
    async def run(*arguments: str) -> Done:
        return await guichet(*arguments, environment=environment)

    return run


async def test_a_dead_letter_is_shown_as_it_came_and_replayed_twice_as_once(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, command: Command
):
    key, works = new_id(), False

    def before(_: Received) -> None:
        if not works:
            raise GiveUp("the template is wrong")

    effects.before = before
    event_id = await writer.write(fact(key, 1, sealed="stays-sealed"))
    async with consuming(db, kafka_settings, effects):
        await until(lambda: list_dead_letters(db))
        assert await counted(db) == {"dead_letters_waiting": 1, "parked": 0}

        (listed,) = json.loads((await command("dead-letters", "list", "auth", "--json")).out)
        assert (listed["event_id"], listed["reason"]) == (str(event_id), "the template is wrong")
        shown = json.loads((await command("dead-letters", "show", "auth", str(listed["id"]), "--json")).out)
        assert json.loads(shown["value"])["sealed"] == "stays-sealed"
        assert shown["headers"]["ce_id"] == str(event_id)

        again = await command("dead-letters", "replay", "auth", str(listed["id"]))
        assert (again.status, again.out) == (0, f"{listed['id']}: replayed\n")
        await until(lambda: waits_again(db))

        works = True
        for _ in range(2):
            async with db.transaction() as tx:
                await replay(tx, listed["id"])
            await until(lambda: nothing_parked(db))
        assert await effects.numbers(key) == [1]
    assert await list_dead_letters(db) == []
    assert await counted(db) == {"dead_letters_waiting": 0, "parked": 0}


async def test_what_could_not_be_read_can_be_discarded_but_not_replayed(
    db: Database, kafka_settings: KafkaSettings, writer: Writer, effects: Effects, command: Command
):
    await writer.write_raw(Topic.ACCOUNTS, None, [("ce_id", b"\xff")], b"\x00")
    async with consuming(db, kafka_settings, effects):
        await until(lambda: list_dead_letters(db))
    (letter,) = await list_dead_letters(db)

    refused = await command("dead-letters", "replay", "auth", str(letter.id))
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == f"guichet: dead letter {letter.id} cannot be replayed, only discarded: ce_id: not UTF-8\n"
    assert "ce_id" in (await command("dead-letters", "show", "auth", str(letter.id))).out
    assert (await command("dead-letters", "discard", "auth", str(letter.id))).status == 0
    (kept,) = json.loads((await command("dead-letters", "list", "auth", "--state", "discarded", "--json")).out)
    assert kept["id"] == letter.id


async def test_a_dead_letter_that_does_not_exist_is_said_so(command: Command):
    missing = await command("dead-letters", "show", "auth", "17")
    assert (missing.status, missing.err) == (1, "guichet: there is no dead letter 17\n")


async def test_events_are_shown_from_where_one_asks_and_only_those_one_asks_for(
    environment: dict[str, str], writer: Writer
):
    old, new = new_id(), new_id()
    await writer.write(fact(old, 1))
    wanted = ("--type", "auth.password_regenerated", "--portal", "egec", "--json")
    async with tailing(environment, "--from", "earliest", *wanted) as line:
        assert json.loads(await line())["subject"] == str(old)
        await writer.write(fact(new, 2))
        shown = json.loads(await line())
        assert (shown["subject"], shown["data"]["generation"]) == (str(new), 2)
        assert shown["type"] == "guichet.auth.password_regenerated.v1"

    moment = shown["time"]
    async with tailing(environment, "--from", moment) as line:
        assert str(new) in await line()


async def test_a_start_that_is_no_time_is_wrong_use(command: Command):
    refused = await command("events", "tail", "--from", "yesterday")
    assert (refused.status, refused.out) == (2, "")
    assert "yesterday" in refused.err


@asynccontextmanager
async def tailing(environment: dict[str, str], *arguments: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Gives a function that waits for the next line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "deploy.cli", "events", "tail", *arguments),
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", **environment},
    )

    async def line() -> str:
        assert process.stdout
        return (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()

    try:
        yield line
    finally:
        process.terminate()
        await process.wait()


async def counted(db: Database) -> dict[str, float | None]:
    """As operators are told."""
    await count(db, CONSUMER)
    of = {"consumer": CONSUMER}
    names = ("dead_letters_waiting", "parked")
    return {name: REGISTRY.get_sample_value(f"guichet_inbox_{name}", of) for name in names}


async def waits_again(db: Database) -> bool:
    return [letter.state for letter in await list_dead_letters(db)] == ["waiting"] and await nothing_parked(db)


async def nothing_parked(db: Database) -> bool:
    return not await db.fetchval("select exists (select from inbox_parked)")
