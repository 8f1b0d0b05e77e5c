"""The desk's API: who calls is looked at before anything else; everything done is audited."""

import base64
import json
from uuid import uuid4

import httpx
import pytest

from services.auth.handlers.clients import create_client
from shared.db import open_database
from tests.integration.auth_http.conftest import DESK, TOLD, Auth
from tests.support.customer_portal import new_customer
from tests.support.desk import Desk

NOBODY = "00000000-0000-7000-8000-000000000000"
ACCOUNTS = "/api/v1/portals/egec/accounts"


async def hired(auth: Auth, scopes: set[str], portals: set[str]) -> Desk:
    async with open_database(auth.database.url, max_size=1) as db:
        made = await create_client(db, "tests", frozenset(scopes), frozenset(portals))
    return Desk(auth.http, made.id, made.secret.get_secret_value())


async def call(auth: Auth, method: str, path: str, token: str | None, **content: object) -> httpx.Response:
    headers = {"host": DESK, **({"authorization": f"Bearer {token}".encode()} if token else {})}
    return await auth.http.request(method, path, headers=headers, **content)  # type: ignore[arg-type]


def forged(token: str) -> str:
    _, claims, signature = token.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    return f"{none}.{claims}.{signature}"


@pytest.mark.parametrize("token", [None, "x", "x.y.z", "é", "a" * 9000])
@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", ACCOUNTS, {"content": b"{"}),
        ("POST", ACCOUNTS, {"content": b"x" * 200_000}),
        ("POST", "/api/v1/portals/nowhere/accounts", {"json": {}}),
        ("GET", f"{ACCOUNTS}/not-an-id", {}),
        ("GET", f"{ACCOUNTS}?limit=none", {}),
        ("PATCH", f"{ACCOUNTS}/{NOBODY}", {"json": {"unknown": 1}}),
        ("POST", f"{ACCOUNTS}/{NOBODY}/activations", {}),
    ],
)
async def test_a_stranger_is_refused_before_anything_is_looked_at(
    auth: Auth, method: str, path: str, content: dict[str, object], token: str | None
) -> None:
    answer = await call(auth, method, path, token, **content)

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_accepted")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_customers_or_a_forged_token_opens_nothing(auth: Auth) -> None:
    customer = await auth.customer_with("fG69a*6jH")
    signed_in = await auth.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})

    for token in (signed_in.json()["access_token"], forged(await auth.desk.token())):
        assert (await call(auth, "GET", ACCOUNTS, token)).status_code == 401


async def test_a_token_does_only_what_its_scopes_say_where_it_may(auth: Auth) -> None:
    reader = await hired(auth, {"accounts:read"}, {"egec"})
    token = await reader.token()

    assert (await call(auth, "GET", ACCOUNTS, token)).status_code == 200
    refused = await call(auth, "POST", ACCOUNTS, token, content=b"{")
    elsewhere = await call(auth, "GET", "/api/v1/portals/neutral/accounts", token)
    nowhere = await call(auth, "GET", "/api/v1/portals/nowhere/accounts", token)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "portal_not_granted")
    assert (nowhere.status_code, nowhere.json()["code"]) == (403, "portal_not_granted")


async def test_a_portal_that_does_not_exist_is_said_to_whoever_may_ask(auth: Auth) -> None:
    answer = await call(auth, "GET", "/api/v1/portals/nowhere/accounts", await auth.desk.token())

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_portal")


async def test_the_desks_api_is_on_the_desks_host_alone(auth: Auth) -> None:
    token = await auth.desk.token()
    elsewhere = await auth.http.get(ACCOUNTS, headers={"host": TOLD, "authorization": f"Bearer {token}"})
    customers = await call(auth, "POST", "/api/v1/activations", token, json={"email": "a@example.org"})

    assert elsewhere.status_code == customers.status_code == 404


async def test_an_account_is_opened_found_shown_and_corrected(auth: Auth) -> None:
    person, token = new_customer(), await auth.desk.token()
    given = {"identifier": person.identifier, "title": "Mme", "name": person.name, "email": person.email}

    opened = await call(auth, "POST", ACCOUNTS, token, json=given)
    account = opened.json()
    found = await call(auth, "GET", ACCOUNTS, token, params={"q": person.email.upper()})
    corrected = await call(auth, "PATCH", f"{ACCOUNTS}/{account['id']}", token, json={"name": "Camille Modèle"})
    shown = await call(auth, "GET", f"{ACCOUNTS}/{account['id']}", token)

    assert opened.status_code == 201
    assert account.items() >= {**given, "portal": "egec", "language": "fr", "shared_mailbox": False}.items()
    assert found.json()["items"] == [account]
    assert corrected.json() == shown.json() == {**account, "name": "Camille Modèle"}


async def test_an_identifier_is_made_by_the_portals_rule_where_none_is_given(auth: Auth) -> None:
    answer = await call(auth, "POST", ACCOUNTS, await auth.desk.token(), json={"name": "Camille Exemple"})

    assert answer.status_code == 201
    assert len(answer.json()["identifier"]) == 10


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"identifier": "123"}, "identifier"),
        ({"name": ""}, "name"),
        ({"name": "a\r\nBcc: b@example.org"}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "\u202eabc"}, "name"),
        ({"title": "x" * 61}, "title"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b,c@d"}, "email"),
        ({"email": "a@example.org\nx"}, "email"),
        ({"language": "klingon"}, "language"),
        ({"services": ["nothing"]}, "services"),
        ({"identifier": 1}, "identifier"),
        ({"password": "chosen-by-staff"}, "password"),
    ],
)
async def test_what_is_wrong_with_a_person_is_said_by_field(auth: Auth, wrong: dict[str, object], field: str) -> None:
    before = await auth.done()
    given = {"name": "Camille Exemple", "email": "camille.exemple@example.org", **wrong}

    answer = await call(auth, "POST", ACCOUNTS, await auth.desk.token(), json=given)

    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{field}"]
    assert await auth.done() == before


async def test_an_identifier_is_never_used_twice(auth: Auth) -> None:
    customer = await auth.customer()

    answer = await auth.desk.open_account("egec", customer)

    assert (answer.status_code, answer.json()["code"]) == (409, "identifier_taken")


async def test_the_desk_has_a_password_mailed_and_sees_none(auth: Auth) -> None:
    customer = await auth.customer()
    account = await auth.desk.account_id("egec", customer.identifier)

    answer = await auth.desk.request("POST", f"egec/accounts/{account}/activations")

    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})


async def test_no_password_is_mailed_to_a_shared_mailbox(auth: Auth) -> None:
    customer = await auth.customer()
    account = await auth.desk.account_id("egec", customer.identifier)
    await auth.desk.request("PATCH", f"egec/accounts/{account}", json={"shared_mailbox": True})

    answer = await auth.desk.request("POST", f"egec/accounts/{account}/activations")

    assert (answer.status_code, answer.json()["code"]) == (409, "mailbox_shared")


async def test_an_account_of_another_portal_does_not_exist(auth: Auth) -> None:
    account = await auth.desk.account_id("egec", (await auth.customer()).identifier)

    answers = [
        await auth.desk.request("GET", f"neutral/accounts/{account}"),
        await auth.desk.request("GET", f"egec/accounts/{uuid4()}"),
        await auth.desk.request("PATCH", f"neutral/accounts/{account}", json={"name": "x"}),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "account_not_found")}
    assert (await auth.desk.request("GET", "egec/accounts/not-an-id")).json()["code"] == "not_found"


async def test_lists_are_paged(auth: Auth) -> None:
    name = f"Paged{uuid4().hex}"
    for _ in range(3):
        await auth.desk.request("POST", "egec/accounts", json={"name": name})

    first = (await auth.desk.request("GET", "egec/accounts", params={"q": name, "limit": 2})).json()
    rest = (
        await auth.desk.request("GET", "egec/accounts", params={"q": name, "limit": 2, "after": first["after"]})
    ).json()

    assert [len(first["items"]), len(rest["items"])] == [2, 1]
    assert rest["after"] is None


async def test_everything_the_desk_does_is_audited_without_names(auth: Auth) -> None:
    token = await auth.desk.token()
    account = (await call(auth, "POST", ACCOUNTS, token, json={"name": "Canary Exemple"})).json()["id"]
    path = f"{ACCOUNTS}/{account}"
    await call(auth, "GET", path, token)
    await call(auth, "PATCH", path, token, json={"email": "canary@example.org"})
    await call(auth, "POST", f"{path}/activations", token)

    entries = await auth.query("select * from audit where account_id = $1 order by seq", account)

    assert [entry["action"] for entry in entries] == [
        "account_opened",
        "account_shown",
        "account_corrected",
        "activation_requested",
    ]
    assert {(entry["actor_kind"], entry["actor_id"]) for entry in entries} == {("client", auth.desk.client_id)}
    assert all(entry["origin"] == "127.0.0.1" for entry in entries)
    assert "anary" not in " ".join(str(dict(entry)) for entry in entries)


async def test_a_repeat_with_the_same_key_opens_one_account(auth: Auth) -> None:
    customer, key = new_customer(), uuid4().hex

    first = await auth.desk.open_account("egec", customer, key=key)
    again = await auth.desk.open_account("egec", customer, key=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
