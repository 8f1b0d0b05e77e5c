"""What worlds stand on, and how to make one."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiokafka.admin import AIOKafkaAdminClient

from deploy.key_files import make_keys
from deploy.local.catcher import run_catcher
from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from shared.kafka.settings import KafkaSettings
from tests.support.command import MODULE
from tests.support.desk import hire
from tests.support.front import Routed, run_front
from tests.support.running import AsProcess, InLoop, Service
from tests.support.stack import TestDatabase, clone, kafka_world
from tests.support.waiting import PATIENCE
from tests.support.world import World

# What each service is told besides, by name, once a world's topics are there.
Admit = Callable[[KafkaSettings], Awaitable[Mapping[str, Mapping[str, str]]]]


async def everybody(_: KafkaSettings) -> Mapping[str, Mapping[str, str]]:
    """A broker that asks nobody who they are."""
    return {}


@dataclass(frozen=True, slots=True)
class Ground:
    """The run's servers; a world gets topics, databases, keys and a mail catcher of its own on them."""

    kafka: KafkaServer
    kafka_admin: AIOKafkaAdminClient
    postgres: PostgresServer
    auth_template: str
    contracts_template: str
    notifier_template: str
    portals: Path
    folders: Path
    admit: Admit = everybody
    _made: list[Path] = field(default_factory=list)

    @asynccontextmanager
    async def world(
        self,
        *,
        processes: bool = False,
        program: str = MODULE,
        smtp_port: int | None = None,
        environment: Mapping[str, str] | None = None,
        auth_roles: Sequence[str] = (),
        contracts_roles: Sequence[str] = (),
        notifier_roles: Sequence[str] = (),
        **more: Any,
    ) -> AsyncIterator[World]:
        """`processes`: as production has them, to be killed; `program` starts them. `smtp_port`: of a server that the
        test runs itself, or does not. `more` goes to the notifier's `run` where that is in the test's own loop."""
        folder = self.folders / f"world-{len(self._made)}"
        self._made.append(folder)
        async with AsyncExitStack() as stack:
            kafka = await stack.enter_async_context(kafka_world(self.kafka.bootstrap, self.kafka_admin))
            databases = [
                await stack.enter_async_context(clone(self.postgres, service, template))
                for service, template in (
                    ("auth", self.auth_template),
                    ("contracts", self.contracts_template),
                    ("notifier", self.notifier_template),
                )
            ]
            catcher, keys = await stack.enter_async_context(run_catcher()), make_keys(folder / "keys")
            told = {
                **_for_all(kafka, self.portals),
                **(environment or {}),
            }
            own = defaultdict(dict, await self.admit(kafka))
            for_auth = {**told, **own["auth"], **_answering(databases[0], keys.seal_public, keys.token_private)}
            for_contracts = {
                **told,
                **own["contracts"],
                **_answering(databases[1], keys.seal_public, keys.token_public),
            }
            for_notifier = {**told, **own["notifier"], **_answering(databases[2], keys.seal_private, keys.token_public)}
            for_notifier["GUICHET_SMTP_URL"] = f"smtp://127.0.0.1:{smtp_port or catcher.smtp_port}?tls=off"
            auth: Service = InLoop("auth", for_auth, auth_roles)
            contracts: Service = InLoop("contracts", for_contracts, contracts_roles)
            notifier: Service = InLoop("notifier", for_notifier, notifier_roles, more=more)
            if processes:
                auth = AsProcess("auth", for_auth, auth_roles, folder=folder, program=program)
                contracts = AsProcess("contracts", for_contracts, contracts_roles, folder=folder, program=program)
                notifier = AsProcess("notifier", for_notifier, notifier_roles, folder=folder, program=program)

            stack.push_async_callback(_all, auth.stop, contracts.stop, notifier.stop)
            await _all(auth.start, contracts.start, notifier.start)
            ports = {each.name: each.http_port for each in (auth, contracts, notifier)}
            front = await stack.enter_async_context(run_front(ports))
            http = await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{front}", timeout=PATIENCE, transport=Routed(ports))
            )
            desk = await hire(http, databases[0].url)
            yield World(auth, contracts, notifier, http, desk, catcher, kafka, *databases, keys, folder)


def _for_all(kafka: KafkaSettings, portals: Path) -> dict[str, str]:
    return {
        "GUICHET_KAFKA_SERVERS": kafka.servers,
        "GUICHET_KAFKA_PREFIX": kafka.prefix,
        "GUICHET_PORTALS": str(portals),
    }


def _answering(database: TestDatabase, seal_keys: Path, token_keys: Path) -> dict[str, str]:
    return {
        "GUICHET_DATABASE_URL": database.url,
        "GUICHET_HTTP_PORT": str(free_port()),
        "GUICHET_ADMIN_PORT": str(free_port()),
        "GUICHET_SEAL_KEYS_FILE": str(seal_keys),
        "GUICHET_TOKEN_KEYS_FILE": str(token_keys),
        "GUICHET_TRUSTED_PROXIES": "127.0.0.1",  # so that each browser can come from an address of its own
    }


async def _all(*steps: Callable[[], Awaitable[None]]) -> None:
    """Side by side; a failure is raised when all have ended."""
    for failed in await asyncio.gather(*(step() for step in steps), return_exceptions=True):
        if failed is not None:
            raise failed
