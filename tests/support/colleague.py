"""Somebody who works at the desk: signs in with a name, a password and an authenticator, at a machine of their own."""

import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import pyotp

from services.auth.domain.staff import Role
from services.auth.handlers.keep_staff import AddStaff, add_staff
from services.auth.hasher import Hasher
from services.auth.seeds import Seeds
from shared import audit
from shared.db import open_database
from shared.keys import KeyFile
from tests.support.browser import Browser
from tests.support.desk import HOST

_colleagues = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Colleague:
    id: str
    login: str
    password: str = field(repr=False)
    seed: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)
    browser: Browser = field(compare=False, repr=False)

    def code(self, steps: int = 0) -> str:
        """What the authenticator shows; `steps` of 30 seconds from now."""
        return pyotp.TOTP(self.seed).at(int(time.time()), counter_offset=steps)

    async def sign_in(self, *, browser: Browser | None = None, **differs: str) -> httpx.Response:
        given = {"login": self.login, "password": self.password, "code": self.code(), **differs}
        return await (browser or self.browser).post("/api/v1/sessions", given)


async def new_colleague(
    http: httpx.AsyncClient,
    database_url: str,
    token_keys: Path,
    role: Role = "agent",
    *portals: str,
    name: str = "Sacha Exemple",
) -> Colleague:
    """As `guichet staff add` lets somebody in; on every portal where none is named."""
    hasher = Hasher(threads=1, waiting=1)
    command = AddStaff(f"{role}.{next(_colleagues)}", name, role, frozenset(portals or ("*",)))
    async with open_database(database_url, max_size=1) as db:
        added = await add_staff(db, hasher, Seeds(KeyFile(token_keys)), audit.operator("tests"), command)
    hasher.close()
    return Colleague(
        str(added.id),
        command.login,
        added.password.get_secret_value(),
        added.seed.get_secret_value(),
        tuple(code.get_secret_value() for code in added.recovery_codes),
        Browser(http, HOST),
    )


async def let_codes_pass(owner_url: str, colleague: Colleague) -> None:
    """The authenticator's next code, without waiting half a minute for it."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute("update staff set seed_step = 0 where login = $1", colleague.login)
    await connection.close()
