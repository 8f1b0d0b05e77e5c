"""contracts as it answers over HTTP: the real application on a port, over a real database. Neither Kafka nor auth is
needed to answer: tokens are signed here with the key auth would sign them with."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.key_files import KeyFiles, make_keys
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from services.auth.domain.staff import MAY, Role
from shared.access_tokens import DESK, Caller, Kind, issue_token
from shared.ids import AccountId, new_id
from shared.keys import KeyFile
from tests.support.browser import Browser
from tests.support.running import InLoop
from tests.support.stack import TestDatabase, clone
from tests.support.waiting import PATIENCE

DESK_HOST = "desk.localhost"
SCOPES = frozenset({"contracts:read", "contracts:write"})
MINUTES = timedelta(minutes=10)

_numbers = itertools.count(4512)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who is signed in at auth, at a machine of their own."""

    account_id: AccountId
    portal: str
    browser: Browser

    async def offer(self, key: str, **more: Any) -> httpx.Response:
        return await self.browser.post("/api/v1/contracts/links", {"activation_key": key}, **more)

    async def switch(self, contract_id: str) -> httpx.Response:
        return await self.browser.request("PUT", "/api/v1/contracts/active", json={"contract_id": contract_id})

    async def contracts(self) -> list[dict[str, Any]]:
        answer = await self.browser.get("/api/v1/contracts")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at the desk, at a machine of their own."""

    id: str
    browser: Browser


@dataclass(frozen=True, slots=True)
class Contracts:
    """Its api role alone: what it would publish stays in the outbox."""

    http: httpx.AsyncClient
    service: InLoop
    database: TestDatabase
    keys: KeyFiles
    _signing: KeyFile = field(repr=False)

    @property
    def port(self) -> int:
        return int(self.service.environment["GUICHET_HTTP_PORT"])

    def token(
        self,
        kind: Kind,
        caller: str,
        *,
        audience: str,
        portals: frozenset[str] = frozenset({"*"}),
        scopes: frozenset[str] = SCOPES,
        issued_at: datetime | None = None,
        name: str = "",
        role: str = "",
    ) -> str:
        said = Caller(kind, caller, portals, scopes, issued_at or datetime.now(UTC), name, role)
        return issue_token(self._signing, said, audience=audience, lifetime=MINUTES).get_secret_value()

    def customer_token(self, account_id: AccountId, portal: str = "ecocito", **differs: Any) -> str:
        given = {"audience": portal, "portals": frozenset({portal}), "scopes": frozenset({"account"}), **differs}
        return self.token("customer", str(account_id), **given)

    async def customer(self, portal: str = "ecocito", *, known: bool = True, language: str = "fr") -> Customer:
        """`known`: auth's facts about them have arrived."""
        account_id = AccountId(new_id())
        if known:
            await self.query(
                "insert into accounts (id, portal, version, identifier, name, language) values ($1, $2, 1, $3, $4, $5)",
                account_id,
                portal,
                str(account_id),
                "Zoé Ünal",
                language,
            )
        browser = Browser(
            self.http, f"{portal}.localhost", cookies={"__Host-access": self.customer_token(account_id, portal)}
        )
        return Customer(account_id, portal, browser)

    def colleague(self, role: Role = "agent", *portals: str, name: str = "Sacha Exemple") -> Colleague:
        """Somebody signed in at the desk; on every portal where none is named."""
        token = self.token(
            "staff",
            colleague_id := str(new_id()),
            audience=DESK,
            portals=frozenset(portals or ("*",)),
            scopes=MAY[role],
            name=name,
            role=role,
        )
        return Colleague(colleague_id, Browser(self.http, DESK_HOST, cookies={"__Host-access": token}))

    async def call(
        self, method: str, path: str, *, key: str | None = None, token: str | None = None, **content: Any
    ) -> httpx.Response:
        """The desk's API, as an OAuth client that may do everything with contracts unless another token is given."""
        bearer = token or self.token("client", "desk", audience=DESK)
        headers = {"host": DESK_HOST, "authorization": f"Bearer {bearer}", **({"idempotency-key": key} if key else {})}
        return await self.http.request(method, f"/api/v1/portals/{path}", headers=headers, **content)

    async def contract(self, portal: str = "ecocito", **differs: str) -> dict[str, Any]:
        given = {
            "number": f"23-{next(_numbers):06}",
            "label": "Maison des Étangs",
            "street": "4 rue du Puits",
            "postal_code": "23000",
            "city": "Guéret",
        }
        answer = await self.call("POST", f"{portal}/contracts", json={**given, **differs})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def request(self, contract: dict[str, Any]) -> str:
        """A request for a key, with everything checked."""
        given = {"contract_id": contract["id"], "identity_checked": True, "address_checked": True}
        answer = await self.call("POST", f"{contract['portal']}/key-requests", json=given)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def issue(self, contract: dict[str, Any]) -> dict[str, str]:
        """A key for the contract: `key_id` and `key`."""
        path = f"{contract['portal']}/contracts/{contract['id']}/keys"
        answer = await self.call("POST", path, json={"request_id": await self.request(contract)})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def linked(self, customer: Customer, **details: str) -> dict[str, Any]:
        """One more contract of the customer's."""
        contract = await self.contract(customer.portal, **details)
        answer = await customer.offer((await self.issue(contract))["key"])
        assert answer.status_code == 201, answer.text
        return contract

    async def query(self, query: str, *args: object) -> list[asyncpg.Record]:
        """As the owner of the tables."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return list(await connection.fetch(query, *args))
        finally:
            await connection.close()

    async def audited(self, action: str) -> int:
        return int((await self.query("select count(*) from audit where action = $1", action))[0]["count"])


@asynccontextmanager
async def running(database: TestDatabase, portals: Path, folder: Path) -> AsyncIterator[Contracts]:
    keys = make_keys(folder / "keys")
    port = free_port()
    service = InLoop(
        "contracts",
        {
            "GUICHET_DATABASE_URL": database.url,
            "GUICHET_KAFKA_SERVERS": "127.0.0.1:1",
            "GUICHET_PORTALS": str(portals),
            "GUICHET_HTTP_PORT": str(port),
            "GUICHET_ADMIN_PORT": str(free_port()),
            "GUICHET_SEAL_KEYS_FILE": str(keys.seal_public),
            "GUICHET_TOKEN_KEYS_FILE": str(keys.token_public),
            "GUICHET_TRUSTED_PROXIES": "127.0.0.1",
        },
        ["api"],
    )
    await service.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
            yield Contracts(http, service, database, keys, KeyFile(keys.token_private))
    finally:
        await service.stop()


@pytest_asyncio.fixture(scope="session")
async def contracts(
    postgres: PostgresServer, contracts_template: str, many_portals: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Contracts]:
    """One for all these tests: each has customers, contracts and browsers of its own."""
    async with (
        clone(postgres, "contracts", contracts_template) as database,
        running(database, many_portals, tmp_path_factory.mktemp("contracts-http")) as started,
    ):
        yield started
