"""What the services stand on: a broker, a database server, a mail server; ours, or somebody else's that was named."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from deploy.local.catcher import Catcher, run_catcher
from deploy.local.databases import ServiceDatabase, service_database
from deploy.local.files import kept_secret
from deploy.local.kafka import KafkaServer
from deploy.local.options import Options
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from deploy.local.services import SERVICES

MAIL_API_PORT, SMTP_PORT = 8025, 1025  # where people look for a mail catcher; others when these are taken


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are is known before they run. None stands for one that is not ours."""

    options: Options
    kafka: KafkaServer | None
    postgres: PostgresServer | None
    catcher: Catcher | None
    key: str  # the database roles' passwords follow from it

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap if self.kafka else str(self.options.kafka)

    @property
    def administrator_url(self) -> str:
        return self.postgres.url if self.postgres else str(self.options.database)

    @property
    def smtp(self) -> str:
        """HOST:PORT."""
        return self.catcher.smtp if self.catcher else str(self.options.smtp)

    @property
    def databases(self) -> Mapping[str, ServiceDatabase]:
        return {service: service_database(self.administrator_url, self.key, service) for service in SERVICES}


@contextlib.asynccontextmanager
async def run_servers(options: Options) -> AsyncIterator[Servers]:
    """The mail catcher runs at once; the others are started by who waits for them, and ended here."""
    kafka = None if options.kafka else KafkaServer(options.data / "kafka", free_port(), free_port())
    postgres = None if options.database else PostgresServer(options.data / "postgres", free_port())
    async with contextlib.AsyncExitStack() as running:
        running.push_async_callback(_stop_all, kafka, postgres)
        catcher = None
        if not options.smtp:
            mails = run_catcher(options.data / "mail", smtp_port=SMTP_PORT, http_port=MAIL_API_PORT)
            catcher = await running.enter_async_context(mails)
        yield Servers(options, kafka, postgres, catcher, kept_secret(options.data / "secret"))


async def _stop_all(*servers: KafkaServer | PostgresServer | None) -> None:
    await asyncio.gather(*(server.stop() for server in servers if server))
