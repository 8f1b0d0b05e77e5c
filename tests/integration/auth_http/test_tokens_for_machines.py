"""`POST /oauth/token` as RFC 6749 has it."""

import httpx
import pytest

from tests.integration.auth_http.conftest import DESK, TOLD, Auth

GRANT = {"grant_type": "client_credentials"}


async def ask(auth: Auth, data: dict[str, str], *, client: tuple[str, str] | None = None) -> httpx.Response:
    who = client or (auth.desk.client_id, auth.desk.client_secret)
    return await auth.http.post("/oauth/token", data=data, auth=who, headers={"host": DESK})


async def test_a_client_gets_a_token_for_ten_minutes(auth: Auth) -> None:
    answer = await ask(auth, GRANT)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().items() >= {"token_type": "Bearer", "expires_in": 600}.items()
    assert "accounts:write" in answer.json()["scope"].split()


async def test_a_client_gets_the_scopes_it_asks_for(auth: Auth) -> None:
    answer = await ask(auth, {**GRANT, "scope": "accounts:read"})

    assert answer.json()["scope"] == "accounts:read"


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({**GRANT, "scope": "everything"}, 400, "invalid_scope"),
    ],
)
async def test_a_wrong_request_is_refused(auth: Auth, data: dict[str, str], status: int, error: str) -> None:
    answer = await ask(auth, data)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["content-type"] == "application/json"


async def test_a_wrong_secret_and_an_unknown_client_are_refused_alike(auth: Auth) -> None:
    answers = [
        await ask(auth, GRANT, client=(auth.desk.client_id, "wrong")),
        await ask(auth, GRANT, client=("nobody", "wrong")),
        await ask(auth, GRANT, client=("nobody\0", "é")),
        await auth.http.post("/oauth/token", data=GRANT, headers={"host": DESK}),
        await auth.http.post("/oauth/token", data=GRANT, headers={"host": DESK, "authorization": "Basic ???"}),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["error"] for answer in answers} == {"invalid_client"}
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Basic"}


async def test_json_is_no_form(auth: Auth) -> None:
    who = (auth.desk.client_id, auth.desk.client_secret)
    answer = await auth.http.post("/oauth/token", json=GRANT, auth=who, headers={"host": DESK})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_tokens_are_given_on_the_desks_host_alone(auth: Auth) -> None:
    assert (await auth.http.post("/oauth/token", data=GRANT, headers={"host": TOLD})).status_code == 404
