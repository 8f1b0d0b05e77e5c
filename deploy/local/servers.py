"""What the services stand on: a broker, a database server, a mail server; ours, or somebody else's that was named."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.catcher import Catcher, run_catcher
from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer, ServiceDatabase, make_database, make_roles, secret
from deploy.local.progress import Teller
from deploy.local.services import SERVICES

MAIL_API_PORT, SMTP_PORT = 8025, 1025  # where people look for a mail catcher; others when these are taken


class Named(Protocol):
    """Of `guichet up`'s options, those that name servers."""

    @property
    def data(self) -> Path: ...
    @property
    def kafka(self) -> str | None: ...
    @property
    def database(self) -> str | None: ...
    @property
    def smtp(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Servers:
    """None stands for a server that is not ours to run."""

    bootstrap: str
    databases: Mapping[str, ServiceDatabase]
    smtp: str  # HOST:PORT
    kafka: KafkaServer | None
    postgres: PostgresServer | None
    catcher: Catcher | None


@contextlib.asynccontextmanager
async def run_servers(options: Named, teller: Teller) -> AsyncIterator[Servers]:
    """Starts side by side what was not named, and ends it. Raises Missing, ProcessEnded."""
    async with contextlib.AsyncExitStack() as ours:
        kafka = None if options.kafka else KafkaServer(options.data / "kafka", free_port(), free_port())
        postgres = None if options.database else PostgresServer(options.data / "postgres", free_port())
        ours.push_async_callback(_stop_all, kafka, postgres)
        async with asyncio.TaskGroup() as starting:
            if kafka:
                starting.create_task(_start("kafka", kafka, kafka.bootstrap, teller))
            databases = starting.create_task(_databases(options, postgres, teller))
            catcher = await ours.enter_async_context(_catcher(options, teller))
        smtp = options.smtp or (catcher.smtp if catcher else "")
        bootstrap = options.kafka or (kafka.bootstrap if kafka else "")
        yield Servers(bootstrap, databases.result(), smtp, kafka, postgres, catcher)


async def _start(name: str, server: KafkaServer | PostgresServer, address: str, teller: Teller) -> None:
    with teller.step(name) as step:
        await server.start(step.report)
        step.done(address)


async def _databases(options: Named, postgres: PostgresServer | None, teller: Teller) -> Mapping[str, ServiceDatabase]:
    if postgres:
        await _start("postgres", postgres, f"127.0.0.1:{postgres.port}", teller)
    url = options.database or (postgres.url if postgres else "")
    key = secret(options.data / "secret")
    await make_roles(url, key, SERVICES)
    made = [await make_database(url, key, service) for service in SERVICES]
    return dict(zip(SERVICES, made, strict=True))


@contextlib.asynccontextmanager
async def _catcher(options: Named, teller: Teller) -> AsyncIterator[Catcher | None]:
    if options.smtp:
        yield None
        return
    async with run_catcher(options.data / "mail", smtp_port=SMTP_PORT, http_port=MAIL_API_PORT) as catcher:
        with teller.step("mails") as step:
            step.done(f"{catcher.smtp}, {catcher.mail_api}")
        yield catcher


async def _stop_all(*servers: KafkaServer | PostgresServer | None) -> None:
    await asyncio.gather(*(server.stop() for server in servers if server))
