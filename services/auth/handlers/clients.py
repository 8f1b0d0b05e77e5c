"""The operator keeps the list of OAuth clients."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.domain.clients import Client, new_client_id, new_client_secret
from services.auth.sql import clients as sql
from shared.db import Database


@dataclass(frozen=True, slots=True)
class CreatedClient:
    """The secret is shown this once; only its hash is kept."""

    id: str
    secret: SecretStr


async def create_client(db: Database, name: str, scopes: frozenset[str], portals: frozenset[str]) -> CreatedClient:
    client_id, secret = new_client_id(), new_client_secret()
    await sql.insert_client(db, client_id, name, hashlib.sha256(secret.encode()).digest(), scopes, portals)
    return CreatedClient(client_id, SecretStr(secret))


async def revoke_client(db: Database, client_id: str) -> None:
    """Its tokens are refused by auth at once, elsewhere when they run out. Raises ClientNotFound."""
    await sql.revoke_client(db, client_id)


async def list_clients(db: Database) -> Sequence[Client]:
    return await sql.list_clients(db)
