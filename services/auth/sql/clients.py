"""OAuth clients."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from services.auth.domain.clients import Client
from services.auth.domain.errors import ClientNotFound
from shared.db import Database

INSERT = """
    insert into oauth_clients (id, name, secret_hash, scopes, portals)
    values ($1, $2, $3, $4, $5)
"""

FIND = """
    select id, name, scopes, portals, created_at, revoked_at, secret_hash, now() as at
      from oauth_clients
     where id = $1 and revoked_at is null
"""

IS_IN_FORCE = "select exists (select from oauth_clients where id = $1 and revoked_at is null)"

LIST = "select id, name, scopes, portals, created_at, revoked_at from oauth_clients order by created_at, id"

REVOKE = "update oauth_clients set revoked_at = coalesce(revoked_at, now()) where id = $1 returning id"


async def insert_client(
    db: Database, client_id: str, name: str, secret_hash: bytes, scopes: frozenset[str], portals: frozenset[str]
) -> None:
    await db.execute(INSERT, client_id, name, secret_hash, sorted(scopes), sorted(portals))


class FoundClient(NamedTuple):
    client: Client
    secret_hash: bytes
    at: datetime  # now, by the database's clock


async def find_client(db: Database, client_id: str) -> FoundClient | None:
    """A client that was not revoked."""
    row = await db.fetchrow(FIND, client_id)
    return None if row is None else FoundClient(_client(row), row["secret_hash"], row["at"])


async def is_client_in_force(db: Database, client_id: str) -> bool:
    return bool(await db.fetchval(IS_IN_FORCE, client_id))


async def list_clients(db: Database) -> Sequence[Client]:
    return [_client(row) for row in await db.fetch(LIST)]


async def revoke_client(db: Database, client_id: str) -> None:
    """Raises ClientNotFound. Revoked twice is revoked once."""
    if await db.fetchval(REVOKE, client_id) is None:
        raise ClientNotFound(client_id)


def _client(row: asyncpg.Record) -> Client:
    return Client(
        id=row["id"],
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        portals=frozenset(row["portals"]),
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )
