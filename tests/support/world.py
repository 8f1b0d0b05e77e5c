"""A world of its own for a test: both services over real Kafka, PostgreSQL and SMTP, and nothing of anybody else's."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.catcher import Catcher, run_catcher
from deploy.local.kafka import KafkaServer
from deploy.local.keys import KeyFiles, make_keys
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from shared.events import PasswordRegenerated
from shared.kafka.settings import KafkaSettings
from shared.keys import KeyFile
from shared.sealing import Opener
from tests.support.customer_portal import Customer, CustomerPortal
from tests.support.desk import Desk, hire
from tests.support.running import AsProcess, InLoop, Service
from tests.support.stack import TestDatabase, clone, kafka_world
from tests.support.waiting import until

DELIVERED = Path(__file__).parents[2] / "deploy" / "portals"

# The delivered portal, but for one line of its profile.
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "neutral": {"policy": {"unknown_name": "neutral"}},
    "hardened": {"policy": {"password": {"former": "valid_until_used"}}},
    "hasty": {"policy": {"deliver_within": "3 s"}},
    "wary": {"limits": {"failed_sign_ins_per_name": "5 in 1 h"}},
}
ENDED = ("sent", "rejected", "expired", "superseded", "withheld", "cancelled", "bounced")


@dataclass(frozen=True, slots=True)
class World:
    """`auth` and `notifier` run; tests stop and start them, and the servers below, as they please."""

    auth: Service
    notifier: Service
    http: httpx.AsyncClient
    desk: Desk
    catcher: Catcher
    kafka: KafkaSettings
    auth_database: TestDatabase
    notifier_database: TestDatabase
    keys: KeyFiles
    folder: Path

    def portal(self, name: str) -> CustomerPortal:
        return CustomerPortal(name, f"{name}.localhost", self.http, self.desk, self.catcher)

    async def in_auth(self, query: str, *args: object) -> list[asyncpg.Record]:
        return await _look(self.auth_database, query, args)

    async def in_notifier(self, query: str, *args: object) -> list[asyncpg.Record]:
        return await _look(self.notifier_database, query, args)

    async def waiting_events(self) -> int:
        """In auth's outbox."""
        return int((await self.in_auth("select count(*) from outbox"))[0]["count"])

    async def outbox_empty(self) -> bool:
        return await self.waiting_events() == 0

    async def let_leases_pass(self) -> None:
        """Half a minute by the database's clock, which nobody lives who could still use them."""
        connection = await asyncpg.connect(self.notifier_database.owner_url)
        await connection.execute("update deliveries set due_at = now() where due_at is not null")
        await connection.close()

    async def sealed_passwords(self) -> list[tuple[str, str]]:
        """Identifier and password of every activation that is still in auth's outbox, oldest first: what only the
        notifier's private key opens."""
        rows = await self.in_auth(
            "select o.id, o.payload, a.identifier from outbox o join accounts a on a.id = o.aggregateid"
            " where o.type = $1 order by o.seq",
            PasswordRegenerated.type,
        )
        return [(row["identifier"], open_password(self.keys, row["id"], row["payload"])) for row in rows]

    async def deliveries(self, customer: Customer) -> list[asyncpg.Record]:
        """Oldest generation first."""
        return await self.in_notifier(
            "select d.* from deliveries d join accounts a on a.id = d.account_id where a.identifier = $1"
            " order by d.generation",
            customer.identifier,
        )

    async def settled(self, customer: Customer, count: int, timeout: float = 15) -> list[asyncpg.Record]:
        """That many deliveries, once each of them is at its end."""

        async def all_ended() -> list[asyncpg.Record]:
            found = await self.deliveries(customer)
            return found if len(found) == count and all(row["state"] in ENDED for row in found) else []

        return await until(all_ended, timeout)


@dataclass(frozen=True, slots=True)
class Ground:
    """What worlds stand on, and how to make one."""

    kafka: KafkaServer
    kafka_admin: AIOKafkaAdminClient
    postgres: PostgresServer
    auth_template: str
    notifier_template: str
    folders: Path
    _made: list[Path] = field(default_factory=list)

    @asynccontextmanager
    async def world(
        self,
        *,
        processes: bool = False,
        program: Sequence[str] = ("-m", "deploy.cli"),
        smtp_port: int | None = None,
        environment: Mapping[str, str] | None = None,
        auth_roles: Sequence[str] = (),
        notifier_roles: Sequence[str] = (),
        **more: Any,
    ) -> AsyncIterator[World]:
        """`processes`: as production has them, to be killed. `smtp_port`: of a server that the test runs itself, or
        does not. `more` goes to the notifier's `run`."""
        folder = self.folders / f"world-{len(self._made)}"
        self._made.append(folder)
        async with AsyncExitStack() as stack:
            kafka = await stack.enter_async_context(kafka_world(self.kafka.bootstrap, self.kafka_admin))
            auth_database = await stack.enter_async_context(clone(self.postgres, "auth", self.auth_template))
            notifier_database = await stack.enter_async_context(
                clone(self.postgres, "notifier", self.notifier_template)
            )
            catcher = await stack.enter_async_context(run_catcher())
            keys = make_keys(folder / "keys")
            port = free_port()
            common = {
                "GUICHET_KAFKA_SERVERS": kafka.servers,
                "GUICHET_KAFKA_PREFIX": kafka.prefix,
                "GUICHET_PORTALS": str(make_portals(folder / "portals")),
                **(environment or {}),
            }
            auth = {
                **common,
                "GUICHET_DATABASE_URL": auth_database.url,
                "GUICHET_HTTP_PORT": str(port),
                "GUICHET_ADMIN_PORT": str(free_port()),
                "GUICHET_SEAL_KEYS_FILE": str(keys.seal_public),
                "GUICHET_TOKEN_KEYS_FILE": str(keys.token_private),
                "GUICHET_TRUSTED_PROXIES": "127.0.0.1",
            }
            notifier = {
                **common,
                "GUICHET_DATABASE_URL": notifier_database.url,
                "GUICHET_ADMIN_PORT": str(free_port()),
                "GUICHET_SEAL_KEYS_FILE": str(keys.seal_private),
                "GUICHET_SMTP_URL": f"smtp://127.0.0.1:{smtp_port or catcher.smtp_port}?tls=off",
            }
            services: list[Service] = (
                [
                    AsProcess("auth", auth, auth_roles, folder=folder, program=program),
                    AsProcess("notifier", notifier, notifier_roles, folder=folder, program=program),
                ]
                if processes
                else [InLoop("auth", auth, auth_roles), InLoop("notifier", notifier, notifier_roles, more=more)]
            )
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30))
            stack.push_async_callback(_each, *(service.stop for service in services))
            await _each(*(service.start for service in services))
            desk = await hire(http, auth_database.url)
            yield World(*services, http, desk, catcher, kafka, auth_database, notifier_database, keys, folder)


async def _each(*steps: Callable[[], Awaitable[None]]) -> None:
    """Side by side; the first failure is raised when all have ended."""
    for failed in await asyncio.gather(*(step() for step in steps), return_exceptions=True):
        if failed is not None:
            raise failed


def make_portals(folder: Path) -> Path:
    """The delivered ones, and the variants above: each `extends` the delivered one that stands first."""
    shutil.copytree(DELIVERED, folder)
    base = min(path.name for path in folder.iterdir() if (path / "portal.yaml").exists())
    for name, differs in VARIANTS.items():
        profile = {"extends": f"../{base}", "hosts": [f"{name}.localhost"], **differs}
        (folder / name).mkdir()
        (folder / name / "portal.yaml").write_text(json.dumps(profile))
    return folder


def open_password(keys: KeyFiles, event_id: UUID, payload: bytes) -> str:
    """What only the notifier's private key opens; or, where a world runs unsealed, anybody."""
    event = PasswordRegenerated.model_validate_json(payload)
    if event.sealed.startswith("{"):
        return str(json.loads(event.sealed)["password"])
    opener = Opener(KeyFile(keys.seal_private))
    opened = opener.open(event.sealed, event_id=event_id, account_id=event.account_id, generation=event.generation)
    return opened["password"].get_secret_value()


async def _look(database: TestDatabase, query: str, args: Sequence[object]) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database.owner_url)
    try:
        return list(await connection.fetch(query, *args))
    finally:
        await connection.close()
