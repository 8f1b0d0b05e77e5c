"""`/api/openapi/contracts.json`: what is served is described, with who may call it and how it refuses."""

from typing import Any

import pytest_asyncio

from tests.integration.contracts_http.conftest import DESK_HOST, Contracts
from tests.support.operations import OPERATIONS

PORTAL = "/api/v1/portals/{portal}"
CONTRACT = PORTAL + "/contracts/{contract_id}"


@pytest_asyncio.fixture
async def described(contracts: Contracts) -> dict[str, Any]:
    """The same on both hosts."""
    own, desks = [
        (await contracts.http.get("/api/openapi/contracts.json", headers={"host": host})).json()
        for host in ("ecocito.localhost", DESK_HOST)
    ]
    assert own == desks
    return dict(own)


async def test_it_holds_the_apis_and_no_pages(described: dict[str, Any]) -> None:
    operations = {(method.upper(), path) for path, each in described["paths"].items() for method in each}

    assert operations == OPERATIONS | {
        ("GET", "/api/v1/contracts"),
        ("PUT", "/api/v1/contracts/active"),
        ("POST", "/api/v1/contracts/links"),
        ("POST", PORTAL + "/contracts"),
        ("GET", PORTAL + "/contracts"),
        ("GET", CONTRACT),
        ("POST", PORTAL + "/key-requests"),
        ("POST", CONTRACT + "/keys"),
        ("DELETE", PORTAL + "/keys/{key_id}"),
        ("POST", CONTRACT + "/links"),
        ("DELETE", CONTRACT + "/links/{account_id}"),
    }


async def test_every_list_says_where_its_next_page_begins(described: dict[str, Any]) -> None:
    lists = [each for each in described["components"]["schemas"].values() if "items" in each.get("properties", {})]

    assert len(lists) == 4
    assert all("after" in each["properties"] for each in lists)


async def test_each_operation_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for each in described["paths"].values() for operation in each.values()]

    assert len(names) == len(set(names))


async def test_each_operation_says_who_may_and_how_it_refuses(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]

    for path, each in described["paths"].items():
        for method, operation in each.items():
            demands = {name for demand in operation["security"] for name in demand}
            desks = "/portals/" in path or (method.upper(), path) in OPERATIONS
            assert demands == ({"client", "access"} if desks else {"access", "customer"})
            assert demands <= schemes.keys()
            refusal = operation["responses"]["default"]["content"]["application/problem+json"]
            assert refusal["schema"] == {"$ref": "#/components/schemas/Problem"}
    scopes = schemes["client"]["flows"]["clientCredentials"]["scopes"]
    assert scopes.keys() == {"contracts:read", "contracts:write", "dead-letters", "audit:read"}


async def test_every_post_takes_an_idempotency_key(described: dict[str, Any]) -> None:
    for each in described["paths"].values():
        if "post" in each:
            assert "Idempotency-Key" in [given["name"] for given in each["post"]["parameters"]]
