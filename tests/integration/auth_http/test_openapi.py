"""`/api/openapi/auth.json`: what is served is described, and what is described is served."""

from tests.integration.auth_http.conftest import DESK, TOLD, Auth
from tests.support.operations import OPERATIONS


async def test_the_description_is_the_same_on_both_hosts(auth: Auth) -> None:
    told, desk = [await auth.http.get("/api/openapi/auth.json", headers={"host": host}) for host in (TOLD, DESK)]

    assert told.status_code == desk.status_code == 200
    assert told.json() == desk.json()


async def test_it_holds_the_apis_and_no_pages(auth: Auth) -> None:
    described = (await auth.browser().get("/api/openapi/auth.json")).json()
    operations = {
        (method.upper(), path) for path, each in described["paths"].items() for method in each if method != "parameters"
    }

    account = "/api/v1/portals/{portal}/accounts"
    assert operations == OPERATIONS | {
        ("POST", "/api/v1/activations"),
        ("POST", "/api/v1/activations/confirm"),
        ("POST", "/api/v1/registrations"),
        ("POST", "/api/v1/registrations/confirm"),
        ("POST", "/api/v1/sessions"),
        ("DELETE", "/api/v1/sessions"),
        ("POST", "/api/v1/sessions/current/refresh"),
        ("DELETE", "/api/v1/sessions/current"),
        ("GET", "/api/v1/me"),
        ("PUT", "/api/v1/me/password"),
        ("PUT", "/api/v1/me/language"),
        ("POST", "/api/v1/me/address"),
        ("POST", "/api/v1/me/address/confirm"),
        ("POST", "/oauth/token"),
        ("POST", account),
        ("GET", account),
        ("GET", account + "/{account_id}"),
        ("PATCH", account + "/{account_id}"),
        ("POST", account + "/{account_id}/activations"),
        ("POST", account + "/{account_id}/verbal-releases"),
        ("POST", account + "/{account_id}/code-mails"),
        ("POST", "/api/v1/portals/{portal}/code-requests"),
        ("POST", account + "/{account_id}/close"),
        ("POST", account + "/{account_id}/reopen"),
        ("PUT", "/api/v1/portals/{portal}/mailboxes/{address}/shared"),
    }


async def test_an_operation_is_called_what_it_does(auth: Auth) -> None:
    described = (await auth.browser().get("/api/openapi/auth.json")).json()
    called = [operation["operationId"] for each in described["paths"].values() for operation in each.values()]

    assert "post_activation" in called
    assert len(called) == len(set(called))


async def test_each_operation_says_how_it_refuses_and_who_may(auth: Auth) -> None:
    described = (await auth.browser().get("/api/openapi/auth.json")).json()
    schemes = described["components"]["securitySchemes"]

    for path, each in described["paths"].items():
        for operation in each.values():
            if path != "/oauth/token":
                refusal = operation["responses"]["default"]["content"]["application/problem+json"]
                assert refusal["schema"] == {"$ref": "#/components/schemas/Problem"}
                assert "422" not in operation["responses"]
            for demand in operation.get("security", []):
                assert demand.keys() <= schemes.keys()
            if "/portals/" in path:
                assert operation["security"]


async def test_idempotency_keys_are_described(auth: Auth) -> None:
    described = (await auth.browser().get("/api/openapi/auth.json")).json()
    names = {
        path: [given["name"] for given in each["post"].get("parameters", [])]
        for path, each in described["paths"].items()
        if "post" in each
    }

    assert "Idempotency-Key" in names["/api/v1/activations"]
    assert "Idempotency-Key" not in names["/api/v1/sessions"]
    assert "Idempotency-Key" not in names["/oauth/token"]
