"""Every query of every service is understood by a migrated database, as the role that will run it."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import asyncpg
import pytest
import pytest_asyncio

from tests.support.stack import SERVICES, TestDatabase

VERBS = {"select", "insert", "update", "delete", "with"}


class Query(NamedTuple):
    module: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


def queries_below(package: str) -> Iterator[Query]:
    """The upper-case constants that begin as SQL does, each where it is defined or imported."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        for name, text in vars(importlib.import_module(module.name)).items():
            public = name.isupper() and not name.startswith("_")  # a private one is a part of another
            if public and isinstance(text, str) and text.split()[:1] and text.split()[0] in VERBS:
                yield Query(module.name, name, text)


QUERIES = {service: [*queries_below("shared"), *queries_below(f"services.{service}")] for service in SERVICES}


@pytest_asyncio.fixture
async def connections(
    auth_database: TestDatabase, contracts_database: TestDatabase, notifier_database: TestDatabase
) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    databases = auth_database, contracts_database, notifier_database
    opened = {database.service: await asyncpg.connect(database.url) for database in databases}
    yield opened
    for connection in opened.values():
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_query_prepares(service: str, connections: dict[str, asyncpg.Connection]):
    faults = {}
    for query in QUERIES[service]:
        try:
            await connections[service].prepare(query.text)
        except asyncpg.PostgresError as error:
            faults[str(query)] = str(error)

    assert faults == {}


@pytest.mark.parametrize("service", SERVICES)
def test_queries_are_found(service: str):
    modules = {query.module for query in QUERIES[service]}

    assert any(module.startswith("shared.outbox") for module in modules)
    assert any(module.startswith(f"services.{service}.") for module in modules)
