"""Each service's database and its two roles: an owner for migrations, and who the service connects as."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    name: str
    owner_url: str  # for migrations
    url: str  # what the service connects with


def service_database(administrator_url: str, key: str, service: str, name: str | None = None) -> ServiceDatabase:
    """Where it is, whether it exists or not. The passwords follow from `key`: nothing needs to be kept but that."""
    name = name or f"guichet_{service}"
    owner_url, url = (_url(administrator_url, key, role, name) for role in _roles(service))
    return ServiceDatabase(name, owner_url, url)


async def make_roles(administrator_url: str, key: str, services: Iterable[str]) -> None:
    """Makes guichet_<service>_owner and guichet_<service>, or gives them their passwords anew."""
    connection = await asyncpg.connect(with_database(administrator_url, "postgres"))
    try:
        existing = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
        for role in (role for service in services for role in _roles(service)):
            verb = "alter" if role in existing else "create"
            await connection.execute(f"{verb} role {role} login password '{_password(key, role)}'")
    finally:
        await connection.close()


async def make_database(
    administrator_url: str, key: str, service: str, *, name: str | None = None, template: str | None = None
) -> ServiceDatabase:
    """The service's database, made when it is not there; `template` is one to clone: file by file, which is half the
    work of doing so by way of the WAL. Its roles exist already."""
    database = service_database(administrator_url, key, service, name)
    owner, runtime = _roles(service)
    connection = await asyncpg.connect(with_database(administrator_url, "postgres"))
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database.name):
            clone = f" template {template} strategy file_copy" if template else ""
            await connection.execute(f"create database {database.name} owner {owner}{clone}")
            await connection.execute(f"revoke all on database {database.name} from public")
            await connection.execute(f"grant connect on database {database.name} to {runtime}")
    finally:
        await connection.close()
    return database


def with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _roles(service: str) -> tuple[str, str]:
    return f"guichet_{service}_owner", f"guichet_{service}"


def _url(administrator_url: str, key: str, role: str, database: str) -> str:
    parts = urlsplit(administrator_url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{_password(key, role)}@{address}", path=f"/{database}"))


def _password(key: str, role: str) -> str:
    return hmac.digest(key.encode(), role.encode(), hashlib.sha256).hex()[:32]
