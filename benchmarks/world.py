"""What a benchmark stands on: a real broker and a real database server on loopback, and services as they run.

The database keeps its promises here (fsync is on): a commit that did not reach the disk would flatter every figure.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.portal import PORTALS
from deploy.key_files import KeyFiles, make_keys
from deploy.local.child import Child, spawn
from deploy.local.databases import make_database, make_roles
from deploy.local.endpoints import Endpoints
from deploy.local.kafka import run_kafka
from deploy.local.ports import free_port
from deploy.local.postgres import run_postgres
from deploy.local.services import GUICHET, SERVICES, clean_environment, stack_environment
from shared.db.migrate import migrate
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES

# By the commit's own time a latency begins where the promise does, whatever a client saw later.
DATABASE = {"track_commit_timestamp": "on"}


@dataclass(frozen=True, slots=True)
class World:
    """`databases`: the URLs services connect with, by service."""

    folder: Path
    kafka: KafkaSettings
    databases: Mapping[str, str]
    administrator_url: str
    keys: KeyFiles

    def environment(self, service: str, smtp: str, **more: object) -> dict[str, str]:
        """`smtp`: HOST:PORT. `more`: settings by their names without the prefix."""
        endpoints = Endpoints(
            portals={}, desk="", smtp=smtp, kafka=self.kafka.servers, databases=dict(self.databases), processes={}
        )
        told = {"PORTALS": PORTALS, "LOG_FORMAT": "json", **more}
        return {
            **clean_environment(),
            **stack_environment(self.folder, endpoints, service),
            **{f"GUICHET_{name}": str(value) for name, value in told.items()},
            "GUICHET_DATA": str(self.folder),  # and not a stack that happens to run where the benchmark was started
        }

    async def command(self, service: str, *argv: str, log: Path) -> Child:
        """`guichet …`, told where `service` works."""
        return await spawn(argv[0], (*GUICHET, *argv), log=log, env=self.environment(service, smtp="127.0.0.1:1"))

    @contextlib.asynccontextmanager
    async def service(
        self, name: str, *, roles: Sequence[str] = (), smtp: str = "127.0.0.1:1", **more: object
    ) -> AsyncIterator[Child]:
        """A service's process, ready, as long as the block lives; every role when none is named."""
        admin = free_port()
        argv = ("run", name, *(part for role in roles for part in ("--role", role)))
        environment = self.environment(name, smtp, ADMIN_PORT=admin, **more)
        child = await spawn(
            name, (*GUICHET, *argv), log=self.folder / "logs" / f"{'-'.join((name, *roles))}.log", env=environment
        )
        try:
            await _ready(child, f"http://127.0.0.1:{admin}/readyz")
            yield child
        finally:
            await child.stop()


@contextlib.asynccontextmanager
async def open_world(*services: str) -> AsyncIterator[World]:
    """Migrated databases of `services` (all when none is named) and the topics; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # noqa: ASYNC240 - once; the database server and the mail sink run as somebody else
        async with run_kafka(folder / "kafka") as kafka, run_postgres(folder / "postgres", DATABASE) as postgres:
            databases = await _databases(postgres.url, services or SERVICES)
            await _make_topics(kafka.bootstrap)
            yield World(
                folder, KafkaSettings(servers=kafka.bootstrap), databases, postgres.url, make_keys(folder / "keys")
            )


async def _databases(administrator_url: str, services: Sequence[str]) -> dict[str, str]:
    await make_roles(administrator_url, "bench", services)
    urls = {}
    for service in services:
        database = await make_database(administrator_url, "bench", service)
        await asyncio.to_thread(migrate, database.owner_url, service)
        urls[service] = database.url
    return urls


async def _make_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        made = [NewTopic(shape.topic.value, shape.partitions, 1, topic_configs=shape.config) for shape in SHAPES]
        answer = await admin.create_topics(made)
    finally:
        await admin.close()
    assert all(code == 0 for _, code, _ in answer.topic_errors), answer
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:  # asked until every partition has a leader
        places = [TopicPartition(shape.topic.value, n) for shape in SHAPES for n in range(shape.partitions)]
        await consumer.end_offsets(places)
    finally:
        await consumer.stop()


async def _ready(child: Child, url: str) -> None:
    """Raises ProcessEnded, or TimeoutError after half a minute."""
    async with httpx.AsyncClient(timeout=2) as client, asyncio.timeout(30):
        while True:
            child.raise_if_ended()
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(url)).json()["status"] == "ready":
                    return
            await asyncio.sleep(0.05)
