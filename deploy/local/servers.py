"""What the services stand on: a broker, a database server, a mail server; ours, or somebody else's that was named."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deploy.files import kept_secret
from deploy.local.databases import ServiceDatabase, service_database
from deploy.local.kafka import KafkaServer
from deploy.local.options import Options
from deploy.local.ports import free_port, preferred_port
from deploy.local.postgres import PostgresServer
from deploy.local.services import SERVICES

if TYPE_CHECKING:
    from deploy.local.catcher import Catcher

KAFKA_PORT, MAIL_API_PORT, SMTP_PORT = 9092, 8025, 1025  # where people look for them; others when these are taken


@dataclass
class Servers:
    """Where they are is known before they run. None stands for one that is not ours, or not there yet."""

    options: Options
    kafka: KafkaServer | None
    postgres: PostgresServer | None
    key: str  # the database roles' passwords follow from it
    catcher: "Catcher | None" = None
    running: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap if self.kafka else str(self.options.kafka)

    @property
    def administrator_url(self) -> str:
        return self.postgres.url if self.postgres else str(self.options.database)

    @property
    def smtp(self) -> str:
        """HOST:PORT."""
        parts = urlsplit(self.smtp_url)
        return f"{parts.hostname}:{parts.port or (465 if parts.scheme == 'smtps' else 587)}"

    @property
    def smtp_url(self) -> str:
        return self.catcher.smtp_url if self.catcher else str(self.options.smtp)

    @property
    def databases(self) -> Mapping[str, ServiceDatabase]:
        return {service: service_database(self.administrator_url, self.key, service) for service in SERVICES}

    async def catch_mails(self) -> None:
        """From now on, unless a mail server was named."""
        if not self.options.smtp:
            from deploy.local.catcher import run_catcher

            mails = run_catcher(self.options.data / "mail", smtp_port=SMTP_PORT, http_port=MAIL_API_PORT)
            self.catcher = await self.running.enter_async_context(mails)


@contextlib.asynccontextmanager
async def run_servers(options: Options) -> AsyncIterator[Servers]:
    """Started by who waits for them, ended here."""
    kafka = None if options.kafka else KafkaServer(options.data / "kafka", preferred_port(KAFKA_PORT), free_port())
    postgres = None if options.database else PostgresServer(options.data / "postgres", free_port())
    servers = Servers(options, kafka, postgres, kept_secret(options.data / "secret"))
    async with servers.running:
        servers.running.push_async_callback(_stop_all, kafka, postgres)
        yield servers


async def _stop_all(*servers: KafkaServer | PostgresServer | None) -> None:
    await asyncio.gather(*(server.stop() for server in servers if server))
