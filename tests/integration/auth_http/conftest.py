"""auth as it answers over HTTP: the real application on a port, over a real database. Kafka is not needed to answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.key_files import make_keys
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from services.auth import hasher
from services.auth.domain.passwords import as_typed
from services.auth.domain.staff import Role
from tests.support.browser import Browser
from tests.support.colleague import Colleague, new_colleague
from tests.support.customer_portal import Customer, new_customer
from tests.support.desk import Desk, hire
from tests.support.running import InLoop
from tests.support.stack import TestDatabase, clone
from tests.support.waiting import PATIENCE

TOLD, NEUTRAL = "egec.localhost", "neutral.localhost"
DESK = "desk.localhost"


def stranger() -> str:
    """An address in no customer file, whose tries nobody else has spent."""
    return f"{uuid4().hex}@example.org"


@dataclass(frozen=True, slots=True)
class Auth:
    """Its api role alone: what it would publish stays in the outbox."""

    http: httpx.AsyncClient
    service: InLoop
    database: TestDatabase
    desk: Desk

    @property
    def port(self) -> int:
        return int(self.service.environment["GUICHET_HTTP_PORT"])

    def browser(self, host: str = TOLD) -> Browser:
        return Browser(self.http, host)

    async def customer(self, portal: str = "egec") -> Customer:
        customer = new_customer()
        answer = await self.desk.open_account(portal, customer)
        assert answer.status_code == 201, answer.text
        return customer

    async def customer_with(self, password: str, portal: str = "egec") -> Customer:
        """Somebody whose mail said this password."""
        customer = await self.customer(portal)
        answer = await self.browser(f"{portal}.localhost").post("/api/v1/activations", {"email": customer.email})
        assert answer.status_code == 202, answer.text
        await self.query(
            "update credentials set password_hash = $1 from accounts"
            " where id = account_id and identifier = $2 and portal = $3",
            hasher.ARGON2.hash(as_typed(password)),
            customer.identifier,
            portal,
        )
        return customer

    async def query(self, query: str, *args: object) -> list[asyncpg.Record]:
        """As the owner of the tables."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return list(await connection.fetch(query, *args))
        finally:
            await connection.close()

    async def count(self, table: str) -> int:
        return int((await self.query(f"select count(*) from {table}"))[0]["count"])  # noqa: S608 -- a test's own word

    async def done(self) -> dict[str, int]:
        """What a refused request must leave as it was."""
        return {table: await self.count(table) for table in ("accounts", "outbox", "sessions", "credentials")}


@asynccontextmanager
async def running(database: TestDatabase, portals: Path, folder: Path) -> AsyncIterator[Auth]:
    keys = make_keys(folder / "keys")
    port = free_port()
    service = InLoop(
        "auth",
        {
            "GUICHET_DATABASE_URL": database.url,
            "GUICHET_KAFKA_SERVERS": "127.0.0.1:1",
            "GUICHET_PORTALS": str(portals),
            "GUICHET_HTTP_PORT": str(port),
            "GUICHET_ADMIN_PORT": str(free_port()),
            "GUICHET_SEAL_KEYS_FILE": str(keys.seal_public),
            "GUICHET_TOKEN_KEYS_FILE": str(keys.token_private),
            "GUICHET_TRUSTED_PROXIES": "127.0.0.1",
        },
        ["api"],
    )
    await service.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
            yield Auth(http, service, database, await hire(http, database.url))
    finally:
        await service.stop()


@pytest_asyncio.fixture(scope="session")
async def auth(
    postgres: PostgresServer, auth_template: str, many_portals: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Auth]:
    """One for all these tests: each has customers, addresses and browsers of its own."""
    async with (
        clone(postgres, "auth", auth_template) as database,
        running(database, many_portals, tmp_path_factory.mktemp("auth-http")) as started,
    ):
        yield started


@pytest.fixture(scope="session")
def signed_in(auth: Auth) -> Callable[..., Awaitable[Colleague]]:
    """Somebody at the desk, by role and portals; on every portal where none is named."""

    async def come(role: Role = "agent", *portals: str) -> Colleague:
        keys = Path(auth.service.environment["GUICHET_TOKEN_KEYS_FILE"])
        colleague = await new_colleague(auth.http, auth.database.url, keys, role, *portals)
        assert (await colleague.sign_in()).status_code == 201
        return colleague

    return come


@pytest_asyncio.fixture(scope="module")
async def agent(signed_in: Callable[..., Awaitable[Colleague]]) -> Colleague:
    return await signed_in()
