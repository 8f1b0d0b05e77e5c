"""`/api/openapi/notifier.json`: what is served is described, with who may call it and how it refuses."""

from typing import Any

import pytest_asyncio

from tests.integration.notifier_http.conftest import DESK_HOST, SCOPES, Notifier
from tests.support.operations import OPERATIONS

PORTAL = "/api/v1/portals/{portal}"


@pytest_asyncio.fixture
async def described(notifier: Notifier) -> dict[str, Any]:
    """The same on both hosts."""
    own, desks = [
        (await notifier.http.get("/api/openapi/notifier.json", headers={"host": host})).json()
        for host in ("egec.localhost", DESK_HOST)
    ]
    assert own == desks
    return dict(own)


async def test_it_holds_the_api_and_no_pages(described: dict[str, Any]) -> None:
    operations = {(method.upper(), path) for path, each in described["paths"].items() for method in each}

    assert operations == OPERATIONS | {
        ("GET", "/api/v1/deliveries"),
        ("GET", "/api/v1/deliveries/{delivery_id}"),
        ("POST", "/api/v1/deliveries/{delivery_id}/retry"),
        ("POST", PORTAL + "/deliveries/{delivery_id}/retry"),
        ("GET", PORTAL + "/deliveries/paused"),
        ("PUT", PORTAL + "/deliveries/paused"),
        ("GET", PORTAL + "/timelines/{account_id}"),
    }


async def test_each_operation_says_what_it_does_who_may_and_how_it_refuses(described: dict[str, Any]) -> None:
    schemes = described["components"]["securitySchemes"]

    for each in described["paths"].values():
        for operation in each.values():
            assert operation["description"]
            assert {name for demand in operation["security"] for name in demand} == {"client", "access"}
            refusal = operation["responses"]["default"]["content"]["application/problem+json"]
            assert refusal["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert schemes["client"]["flows"]["clientCredentials"]["scopes"].keys() == SCOPES


async def test_every_list_says_where_its_next_page_begins(described: dict[str, Any]) -> None:
    lists = [each for each in described["components"]["schemas"].values() if "items" in each.get("properties", {})]

    assert len(lists) == 4
    assert all("after" in each["properties"] for each in lists)


async def test_the_audit_is_described_as_json_and_as_a_file(described: dict[str, Any]) -> None:
    answers = described["paths"]["/api/v1/audit/{service}"]["get"]["responses"]["200"]["content"]

    assert answers.keys() == {"application/json", "text/csv"}
