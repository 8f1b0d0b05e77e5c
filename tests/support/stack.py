"""The real servers a test run stands on: one broker and one database server per run, a world of its own for each test.

TEST_KAFKA=HOST:PORT and TEST_DATABASE=URL (an administrator's) use servers that already run instead; tests that stop a
server need their own.
"""

import asyncio
import contextlib
import itertools
import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.databases import make_database, make_roles, with_database
from deploy.local.kafka import KafkaServer, run_kafka
from deploy.local.postgres import THROWN_AWAY, PostgresServer, run_postgres
from shared.db.migrate import migrate
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES

SERVICES = ("auth", "contracts", "notifier")
KEY = "test"  # the roles' passwords follow from it
PARTITIONS = 2  # enough to see two at work, cheap to make

_run = uuid.uuid4().hex[:6]
_numbers = itertools.count(1)


class BorrowedKafka(KafkaServer):
    """A broker that somebody else runs."""

    def __init__(self, address: str) -> None:
        super().__init__(Path("nowhere"), int(address.rpartition(":")[2]), 0)
        self.address = address

    @property
    def bootstrap(self) -> str:
        return self.address

    async def start(self, *_: object) -> None:
        raise AssertionError("this test stops the broker: run it without TEST_KAFKA")

    stop = kill = start


class BorrowedPostgres(PostgresServer):
    """A database server that somebody else runs."""

    def __init__(self, url: str) -> None:
        super().__init__(Path("nowhere"), 0)
        self.address = url

    @property
    def url(self) -> str:
        return self.address

    async def start(self, *_: object) -> None:
        raise AssertionError("this test stops the database server: run it without TEST_DATABASE")

    stop = kill = start


@dataclass(frozen=True, slots=True)
class Servers:
    """What the run's tests asked for; the other one is None."""

    kafka: KafkaServer | None
    postgres: PostgresServer | None


@contextlib.asynccontextmanager
async def run_servers(folder: Path, *, kafka: bool, postgres: bool) -> AsyncIterator[Servers]:
    """Starts them side by side."""
    async with contextlib.AsyncExitStack() as stack:

        async def start_kafka() -> KafkaServer:
            borrowed = os.environ.get("TEST_KAFKA")
            return BorrowedKafka(borrowed) if borrowed else await stack.enter_async_context(run_kafka(folder / "kafka"))

        async def start_postgres() -> PostgresServer:
            borrowed = os.environ.get("TEST_DATABASE")
            server: PostgresServer = (
                BorrowedPostgres(borrowed)
                if borrowed
                else await stack.enter_async_context(run_postgres(folder / "postgres", THROWN_AWAY))
            )
            await make_roles(server.url, KEY, SERVICES)
            return server

        async def nothing() -> None:
            return None

        started = await asyncio.gather(
            start_kafka() if kafka else nothing(), start_postgres() if postgres else nothing()
        )
        yield Servers(*started)


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """A migrated database that only this test sees."""

    __test__ = False

    service: str
    name: str
    owner_url: str
    url: str


async def make_template(server: PostgresServer, service: str) -> str:
    """A migrated database to clone: cloning takes 50 ms, migrating much longer."""
    name = f"{service}_template_{_run}"
    database = await make_database(server.url, KEY, service, name=name)
    await asyncio.to_thread(migrate, database.owner_url, service)
    return name


@contextlib.asynccontextmanager
async def clone(server: PostgresServer, service: str, template: str) -> AsyncIterator[TestDatabase]:
    name = f"{service}_{_run}_{next(_numbers)}"
    database = await make_database(server.url, KEY, service, name=name, template=template)
    try:
        yield TestDatabase(service, name, database.owner_url, database.url)
    finally:
        await drop(server, name)


async def drop(server: PostgresServer, name: str) -> None:
    connection = await asyncpg.connect(with_database(server.url, "postgres"))
    try:
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()


def unused_prefix() -> str:
    """Of topics and groups."""
    return f"{_run}.{next(_numbers)}."


@contextlib.asynccontextmanager
async def kafka_world(bootstrap: str, admin: AIOKafkaAdminClient) -> AsyncIterator[KafkaSettings]:
    """Topics and groups behind a prefix that only this test uses."""
    settings = KafkaSettings(servers=bootstrap, prefix=unused_prefix())
    made = [NewTopic(settings.topic(shape.topic), PARTITIONS, 1, topic_configs=shape.config) for shape in SHAPES]
    answer = await admin.create_topics(made)
    assert all(code == 0 for _, code, _ in answer.topic_errors), answer
    try:
        yield settings
    finally:
        with contextlib.suppress(Exception):  # the test stopped the broker; it goes at the end of the run
            await asyncio.wait_for(admin.delete_topics([topic.name for topic in made]), 5)
