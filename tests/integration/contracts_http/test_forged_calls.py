"""Forged calls: refused alike before anything is looked at, told nothing, and written into the audit."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.access_tokens import DESK
from shared.keys import KeyFile
from tests.integration.contracts_http.conftest import DESK_HOST, Contracts, Customer

NOBODY = "00000000-0000-7000-8000-000000000000"
CUSTOMERS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/contracts", {}),
    ("GET", "/api/v1/contracts?limit=none", {}),
    ("PUT", "/api/v1/contracts/active", {"json": {"contract_id": NOBODY}}),
    ("PUT", "/api/v1/contracts/active", {"content": b"{"}),
    ("POST", "/api/v1/contracts/links", {"content": b"x" * 200_000}),
    ("POST", "/api/v1/contracts/links", {"json": {}, "headers": {"sec-fetch-site": "cross-site"}}),
]
DESKS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/v1/portals/ecocito/contracts", {"content": b"{"}),
    ("GET", "/api/v1/portals/nowhere/contracts", {}),
    ("GET", f"/api/v1/portals/ecocito/contracts/{NOBODY}", {}),
    ("POST", "/api/v1/portals/ecocito/key-requests", {"json": {}}),
    ("POST", f"/api/v1/portals/ecocito/contracts/{NOBODY}/keys", {"json": {}}),
    ("DELETE", "/api/v1/portals/ecocito/keys/not-an-id", {}),
    ("POST", f"/api/v1/portals/ecocito/contracts/{NOBODY}/links", {"json": {}}),
    ("DELETE", f"/api/v1/portals/ecocito/contracts/{NOBODY}/links/{NOBODY}", {}),
]


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forgeries(contracts: Contracts, *, audience: str, kind: str) -> Mapping[str, str]:
    """Each would be good but for what it is called after; where it is for, a good one is accepted."""
    now = int(datetime.now(UTC).timestamp())
    claims = {"iss": "urn:guichet:auth", "sub": NOBODY, "aud": audience, "kind": kind, "portals": ["*"]}
    claims |= {"scope": "account contracts:read contracts:write", "iat": now, "exp": now + 600, "jti": "x"}
    key = KeyFile(contracts.keys.token_private).newest()
    header = {"alg": "EdDSA", "typ": "at+jwt", "kid": key.kid}

    def signed(by: OKPKey = key, said: Mapping[str, object] = {}, **head: object) -> str:
        return jwt.encode({**header, **head}, {**claims, **said}, by, algorithms=["EdDSA"])

    secret = OctKey.import_key(key.as_dict(private=False)["x"])
    return {
        "none": ".".join([encoded({**header, "alg": "none"}), encoded(claims), ""]),
        "hs256": jwt.encode({**header, "alg": "HS256"}, claims, secret),
        "another key": signed(OKPKey.generate_key("Ed25519")),
        "another kid": signed(kid="../../etc/passwd"),
        "typ": signed(typ="JWT"),
        "audience": signed(said={"aud": "egec"}),
        "issuer": signed(said={"iss": "urn:guichet:contracts"}),
        "expired": signed(said={"iat": now - 700, "exp": now - 100}),
        "future": signed(said={"iat": now + 700, "exp": now + 900}),
        "nonsense": "x.y.z",
        "huge": "a" * 9000,
    }


async def ask(
    contracts: Contracts, customer: Customer | None, method: str, path: str, token: str, content: Mapping[str, Any]
) -> httpx.Response:
    own = {"host": customer.browser.host if customer else DESK_HOST, "authorization": f"Bearer {token}".encode()}
    headers = {**own, **content.get("headers", {})}
    return await contracts.http.request(method, path, **{**content, "headers": headers})


@pytest.mark.parametrize(("method", "path", "content"), CUSTOMERS)
async def test_a_customers_forged_token_is_refused_before_anything_is_looked_at(
    contracts: Contracts, method: str, path: str, content: dict[str, Any]
) -> None:
    customer, answers = await contracts.customer(), {}
    before = await contracts.audited("call_refused")
    tokens = forgeries(contracts, audience="ecocito", kind="customer")

    for name, token in tokens.items():
        answers[name] = await ask(contracts, customer, method, path, token, content)

    assert {(answer.status_code, answer.text) for answer in answers.values()} == {(401, answers["none"].text)}
    assert answers["none"].json()["code"] == "token_not_accepted"
    assert await contracts.audited("call_refused") == before + len(tokens)


@pytest.mark.parametrize(("method", "path", "content"), DESKS)
async def test_a_forged_token_at_the_desk_is_refused_before_anything_is_looked_at(
    contracts: Contracts, method: str, path: str, content: dict[str, Any]
) -> None:
    before = await contracts.audited("call_refused")
    tokens = forgeries(contracts, audience=DESK, kind="client")

    answers = [await ask(contracts, None, method, path, token, content) for token in tokens.values()]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "token_not_accepted")}
    assert await contracts.audited("call_refused") == before + len(tokens)


async def test_a_token_for_one_opens_nothing_at_the_other(contracts: Contracts) -> None:
    customer = await contracts.customer()
    desks = contracts.token("client", "desk", audience=DESK)
    own = contracts.customer_token(customer.account_id)
    elsewhere = contracts.customer_token(customer.account_id, "default")

    for token in (desks, elsewhere):
        assert (await ask(contracts, customer, "GET", "/api/v1/contracts", token, {})).status_code == 401
    assert (await contracts.call("GET", "ecocito/contracts", token=own)).status_code == 401
    assert (await ask(contracts, customer, "GET", "/api/v1/contracts", own, {})).status_code == 200


async def test_staff_and_machines_are_no_customers(contracts: Contracts) -> None:
    customer = await contracts.customer()
    for kind in ("staff", "client"):
        token = contracts.token(kind, str(customer.account_id), audience="ecocito", scopes=frozenset({"account"}))
        assert (await ask(contracts, customer, "GET", "/api/v1/contracts", token, {})).status_code == 401


async def test_a_temporary_password_opens_no_contracts(contracts: Contracts) -> None:
    customer = await contracts.customer()
    token = contracts.customer_token(customer.account_id, scopes=frozenset({"password"}))

    assert (await ask(contracts, customer, "GET", "/api/v1/contracts", token, {})).status_code == 401


async def test_tokens_from_before_the_end_of_the_sessions_are_refused_and_later_ones_are_not(
    contracts: Contracts,
) -> None:
    customer, now = await contracts.customer(), datetime.now(UTC)
    ended = "update accounts set sessions_ended_at = $2 where id = $1"
    await contracts.query(ended, customer.account_id, now - timedelta(minutes=1))
    before = contracts.customer_token(customer.account_id, issued_at=now - timedelta(minutes=2))

    assert (await ask(contracts, customer, "GET", "/api/v1/contracts", before, {})).status_code == 401
    assert await customer.contracts() == []


async def test_who_was_erased_is_refused(contracts: Contracts) -> None:
    customer = await contracts.customer()
    gone = "update accounts set erased = true, version = null, identifier = null, name = null, language = null"
    await contracts.query(gone + " where id = $1", customer.account_id)

    assert (await customer.browser.get("/api/v1/contracts")).status_code == 401


async def test_an_account_nothing_was_heard_of_yet_is_not_refused(contracts: Contracts) -> None:
    customer = await contracts.customer(known=False)
    contract = await contracts.linked(customer)

    assert [one["id"] for one in await customer.contracts()] == [contract["id"]]


async def test_nobody_at_all_is_refused_without_a_word_in_the_audit(contracts: Contracts) -> None:
    before = await contracts.audited("call_refused")
    answers = [
        await contracts.http.get("/api/v1/contracts", headers={"host": "ecocito.localhost"}),
        await contracts.http.post("/api/v1/portals/ecocito/contracts", headers={"host": DESK_HOST}, content=b"{"),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "token_not_accepted")}
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)
    assert await contracts.audited("call_refused") == before


async def test_another_site_cannot_use_a_persons_cookies(contracts: Contracts) -> None:
    customer = await contracts.customer()

    answer = await customer.offer("x", headers={"sec-fetch-site": "cross-site"})

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_the_customers_cannot_dissociate(contracts: Contracts) -> None:
    """« Pour dé-associer un compte, contacter evolis 23 » (S0.11): by no way of theirs, nor with a token of theirs."""
    customer = await contracts.customer()
    contract = await contracts.linked(customer)
    link = f"contracts/{contract['id']}/links/{customer.account_id}"

    answers = [
        await contracts.call("DELETE", f"ecocito/{link}", token=contracts.customer_token(customer.account_id)),
        await customer.browser.request("DELETE", f"/api/v1/portals/ecocito/{link}"),
        await customer.browser.request("DELETE", f"/api/v1/contracts/links/{contract['id']}"),
        await customer.browser.request("DELETE", f"/api/v1/contracts/{contract['id']}"),
    ]

    assert [answer.status_code for answer in answers] == [401, 404, 404, 404]
    assert len(await customer.contracts()) == 1


async def test_a_scope_or_portal_a_token_lacks_is_written_down_by_name(contracts: Contracts) -> None:
    name = uuid4().hex
    reader = contracts.token("client", name, audience=DESK, scopes=frozenset({"contracts:read"}))
    foreign = contracts.token("client", name, audience=DESK, portals=frozenset({"egec"}))

    refused = await contracts.call("POST", "ecocito/contracts", token=reader, content=b"{")
    elsewhere = await contracts.call("GET", "ecocito/contracts", token=foreign)
    entries = await contracts.query("select action, details from audit where actor_id = $1 order by seq", name)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "portal_not_granted")
    assert [(entry["action"], json.loads(entry["details"])["code"]) for entry in entries] == [
        ("call_refused", "scope_missing"),
        ("call_refused", "portal_not_granted"),
    ]
