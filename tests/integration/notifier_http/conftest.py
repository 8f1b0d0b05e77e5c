"""The notifier as it answers the desk: the real application and deliverer, over a real database, before a mail server
the test scripts. Facts are handed to its inbox's handler, tokens are signed with the key auth would sign them with."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from deploy.key_files import make_keys
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from services.notifier.deps import Deps
from services.notifier.smtp_server import parse_smtp_url
from shared.access_tokens import DESK, Caller, Kind, issue_token
from shared.db import open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.keys import KeyFile
from shared.portals import load_portals
from shared.sealing import Opener, Sealer
from tests.integration.notifier.desk import QUICK, Desk, Person
from tests.support.browser import Browser
from tests.support.page import Page, read_page
from tests.support.running import InLoop
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.stack import TestDatabase, clone
from tests.support.waiting import PATIENCE

DESK_HOST = "desk.localhost"
EVERYWHERE = frozenset({"*"})
SCOPES = frozenset({"deliveries:read", "deliveries:write", "dead-letters", "audit:read"})


@dataclass(frozen=True, slots=True)
class Notifier:
    """Its roles api and deliverer; `facts` tells it what auth would."""

    http: httpx.AsyncClient
    service: InLoop
    database: TestDatabase
    server: SmtpServer
    facts: Desk
    environment: Mapping[str, str]
    _signing: KeyFile = field(repr=False)

    def token(
        self,
        *,
        portals: frozenset[str] = EVERYWHERE,
        scopes: frozenset[str] = SCOPES,
        caller: str = "desk",
        kind: Kind = "client",
    ) -> str:
        who = {"name": "Sacha Exemple", "role": "supervisor"} if kind == "staff" else {}
        said = Caller(kind, caller, portals, scopes, datetime.now(UTC), **who)
        return issue_token(self._signing, said, audience=DESK, lifetime=timedelta(minutes=10)).get_secret_value()

    def colleague(self, *, portals: frozenset[str] = EVERYWHERE, scopes: frozenset[str] = SCOPES) -> Browser:
        """Somebody who is signed in at the desk, at a machine of their own."""
        token = self.token(kind="staff", caller=str(uuid4()), portals=portals, scopes=scopes)
        return Browser(self.http, DESK_HOST, cookies={"__Host-access": token})

    async def call(
        self, method: str, path: str, *, token: str | None = None, key: str | None = None, **content: Any
    ) -> httpx.Response:
        """The desk's API, as an OAuth client that may do everything with mails unless another token is given."""
        headers = {"host": DESK_HOST, "authorization": f"Bearer {token or self.token()}"}
        if key:
            headers["idempotency-key"] = key
        return await self.http.request(method, f"/api/v1/{path}", headers=headers, **content)

    async def mailed(self, *states: str, portal: str = "egec", **replies: str) -> tuple[Person, list[dict[str, Any]]]:
        """Somebody who asked for a password, and their deliveries when they are in these states. `replies`: what the
        server says to their mails, by stage."""
        person = self.facts.person(portal)
        self.server.for_recipient[person.address] = replies
        await self.facts.asks(person)
        await self.facts.until_states(person, *states)
        return person, await self.facts.deliveries(person)

    async def query(self, query: str, *args: object) -> list[asyncpg.Record]:
        """As the owner of the tables."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return list(await connection.fetch(query, *args))
        finally:
            await connection.close()

    async def audited(self, action: str, **details: str) -> list[asyncpg.Record]:
        """The entries with these details, oldest first."""
        entries = await self.query("select *, details::text as said from audit where action = $1 order by seq", action)
        return [entry for entry in entries if all(f'"{value}"' in entry["said"] for value in details.values())]


async def press(browser: Browser, path: str, to: str, **fields: str) -> Page:
    """Opens the page and sends its form that leads there; what comes then."""
    shown = await browser.visit(path)
    answer = await browser.request("POST", to, data={"csrf": shown.hidden("csrf"), **fields})
    return (
        await browser.visit(answer.headers["location"])
        if answer.is_redirect
        else read_page(answer.text, answer.status_code)
    )


@asynccontextmanager
async def running(database: TestDatabase, portals: Path, folder: Path) -> AsyncIterator[Notifier]:
    keys = make_keys(folder / "keys")
    port = free_port()
    async with run_smtp_server(SmtpServer()) as server, open_database(database.url) as db:
        environment = {
            "GUICHET_DATABASE_URL": database.url,
            "GUICHET_KAFKA_SERVERS": "127.0.0.1:1",
            "GUICHET_PORTALS": str(portals),
            "GUICHET_HTTP_PORT": str(port),
            "GUICHET_ADMIN_PORT": str(free_port()),
            "GUICHET_SEAL_KEYS_FILE": str(keys.seal_private),
            "GUICHET_TOKEN_KEYS_FILE": str(keys.token_public),
            "GUICHET_SMTP_URL": server.url,
            "GUICHET_TRUSTED_PROXIES": "127.0.0.1",
        }
        facts = Desk(
            Deps(
                db=db,
                portals=load_portals(portals),
                opener=Opener(KeyFile(keys.seal_private)),
                token_keys=KeyFile(keys.token_public),
                smtp=parse_smtp_url(server.url),
                doorbell=Doorbell(database.url),
                due=Doorbell(database.url, "deliveries"),
                health=Health(),
                pace=QUICK,
            ),
            Sealer(KeyFile(keys.seal_public)),
        )
        service = InLoop("notifier", environment, ["api", "deliverer"], more={"pace": QUICK})
        await service.start()
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
                yield Notifier(http, service, database, server, facts, environment, KeyFile(keys.token_private))
        finally:
            await service.stop()


@pytest_asyncio.fixture(scope="session")
async def notifier(
    postgres: PostgresServer, notifier_template: str, many_portals: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Notifier]:
    """One for all these tests: each has people of its own."""
    async with (
        clone(postgres, "notifier", notifier_template) as database,
        running(database, many_portals, tmp_path_factory.mktemp("notifier-http")) as started,
    ):
        yield started
