"""The handlers of auth on a real database: what they commit is read back as the owner would read it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from deploy.key_files import KeyFiles
from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details
from services.auth.domain.names import SubmittedName
from services.auth.domain.sessions import SignedIn
from services.auth.handlers.desk_open_account import OpenAccount, open_account
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from services.auth.handlers.sign_in import SignIn, sign_in
from services.auth.hasher import Hasher
from services.auth.seeds import Seeds
from shared.audit import Actor
from shared.clients import ClientAddress
from shared.db import open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.ids import Language
from shared.keys import KeyFile
from shared.portals import PasswordPolicy, Portal, Portals
from shared.sealing import Opener, Sealer
from tests.support.stack import TestDatabase

HERE = ClientAddress("192.0.2.1")
ELSEWHERE = ClientAddress("198.51.100.9")
DESK = Actor("client", "0123456789abcdef", "192.0.2.50")


@dataclass(frozen=True, slots=True)
class Auth:
    """auth without its edge, and the keys to what it seals."""

    deps: Deps
    database: TestDatabase
    portal: Portal
    opener: Opener

    def under(self, **policy: object) -> "Auth":
        """The same with another policy."""
        changed = self.portal.policy.model_copy(update=policy)
        return replace(self, portal=self.portal.model_copy(update={"policy": changed}))

    async def owner(self, query: str, *args: object) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return [dict(row) for row in await connection.fetch(query, *args)]
        finally:
            await connection.close()

    async def events(self, like: str = "%") -> list[dict[str, Any]]:
        """What waits in the outbox, in its order, with the payload parsed by the database."""
        return await self.owner(
            """select seq, id, type, lane, aggregateid, convert_from(payload, 'utf8')::jsonb #>> '{}' as payload
                 from outbox where type like $1 order by seq""",
            f"guichet.auth.{like}.v1",
        )

    async def open(self, email: str = "camille@example.org", **changes: object) -> Account:
        details = Details("M.", "Camille Exemple", email, Language("fr"))
        given = {"identifier": None, "mailbox_shared": False, **changes}
        return await open_account(self.deps, OpenAccount(self.portal, DESK, details=details, **given))  # type: ignore[arg-type]

    async def activate(self, email: str = "camille@example.org", client: ClientAddress = HERE) -> None:
        await regenerate_password(self.deps, RegeneratePassword(self.portal, SubmittedName("email", email), client))

    async def mailed_passwords(self) -> list[str]:
        """What the notifier would find in each mail, in the order of the facts."""
        rows = await self.owner(
            """select id, convert_from(payload, 'utf8')::jsonb ->> 'sealed' as sealed,
                      (convert_from(payload, 'utf8')::jsonb ->> 'generation')::bigint as generation, aggregateid,
                      (convert_from(payload, 'utf8')::jsonb ->> 'deliver_until')::timestamptz as deliver_until
                 from outbox where type = 'guichet.auth.password_regenerated.v1' order by seq"""
        )
        return [
            self.opener.open(
                row["sealed"],
                event_id=row["id"],
                account_id=row["aggregateid"],
                generation=row["generation"],
                deliver_until=row["deliver_until"],
            )["password"].get_secret_value()
            for row in rows
        ]

    async def sign_in(
        self, login: str, password: str, client: ClientAddress = HERE, browser: SecretStr | None = None
    ) -> SignedIn:
        return await sign_in(self.deps, SignIn(self.portal, login, SecretStr(password), client, browser))


@pytest_asyncio.fixture
async def auth(auth_database: TestDatabase, key_files: KeyFiles, portals: Portals) -> AsyncIterator[Auth]:
    hasher = Hasher(threads=2, waiting=100)
    async with open_database(auth_database.url) as db:
        deps = Deps(
            db=db,
            portals=portals,
            hasher=hasher,
            sealer=Sealer(KeyFile(key_files.seal_public)),
            seeds=Seeds(KeyFile(key_files.token_private)),
            token_keys=KeyFile(key_files.token_private),
            doorbell=Doorbell(auth_database.url),
            health=Health(),
        )
        yield Auth(deps, auth_database, portals.by_name("egec"), Opener(KeyFile(key_files.seal_private)))
    hasher.close()


@pytest.fixture
def neutral(auth: Auth) -> Auth:
    return auth.under(unknown_name="neutral")


@pytest.fixture
def hardened(auth: Auth) -> Auth:
    """A temporary password; the former one lasts until it is used."""
    password = PasswordPolicy(former="valid_until_used", expires_after=timedelta(hours=24))
    return auth.under(password=password, unknown_name="neutral", sign_in_names=frozenset({"identifier", "email"}))


@pytest.fixture
def at_ecocito(auth: Auth) -> Auth:
    """Where people open their accounts and choose their passwords themselves."""
    return replace(auth, portal=auth.deps.portals.by_name("ecocito"))
