"""`Idempotency-Key`: done once, answered twice; no answer that is kept holds a secret."""

import asyncio
from uuid import uuid4

from tests.integration.auth_http.conftest import Auth

ACTIVATIONS = "/api/v1/activations"


def with_key() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def regenerated(auth: Auth) -> int:
    rows = await auth.query("select count(*) from outbox where type like '%password_regenerated%'")
    return int(rows[0]["count"])


async def test_a_repeat_gets_the_same_answer_and_one_password(auth: Auth) -> None:
    customer, key, before = await auth.customer(), with_key(), await regenerated(auth)

    answers = [
        await auth.browser().post(ACTIVATIONS, {"email": customer.email}, headers=key) for _ in range(2)
    ]  # as one who moved to another network meanwhile

    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b'{"status":"accepted"}')] * 2
    assert [answer.headers["content-type"] for answer in answers] == ["application/json"] * 2
    assert await regenerated(auth) == before + 1


async def test_many_at_once_are_one(auth: Auth) -> None:
    customer, key, before = await auth.customer(), with_key(), await regenerated(auth)

    answers = await asyncio.gather(
        *(auth.browser().post(ACTIVATIONS, {"email": customer.email}, headers=key) for _ in range(4))
    )

    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"still_answering"}
    assert 202 in {answer.status_code for answer in answers}
    assert await regenerated(auth) == before + 1


async def test_a_refusal_is_repeated_too(auth: Auth) -> None:
    key, nobody = with_key(), {"email": f"{uuid4().hex}@example.org"}
    first = await auth.browser().post(ACTIVATIONS, nobody, headers=key)

    again = await auth.browser().post(ACTIVATIONS, nobody, headers=key)

    assert (again.status_code, again.content) == (404, first.content)
    assert again.headers["content-type"] == "application/problem+json"


async def test_another_body_under_the_same_key_is_refused(auth: Auth) -> None:
    one, other, key = await auth.customer(), await auth.customer(), with_key()
    await auth.browser().post(ACTIVATIONS, {"email": one.email}, headers=key)

    answer = await auth.browser().post(ACTIVATIONS, {"email": other.email}, headers=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_key_is_one_callers_for_one_route_of_one_portal(auth: Auth) -> None:
    customer, key = await auth.customer(), with_key()
    await auth.browser().post(ACTIVATIONS, {"email": customer.email}, headers=key)

    elsewhere = await auth.browser("neutral.localhost").post(ACTIVATIONS, {"email": "x@example.org"}, headers=key)

    assert elsewhere.status_code == 202


async def test_too_many_is_not_kept(auth: Auth) -> None:
    customer, key = await auth.customer(), with_key()
    for _ in range(5):
        await auth.browser().post(ACTIVATIONS, {"email": customer.email})

    refused = await auth.browser().post(ACTIVATIONS, {"email": customer.email}, headers=key)

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    kept = await auth.query("select 1 from idempotency_answers where status is null or status = 429")
    assert kept == []


async def test_an_answer_with_a_secret_is_given_once(auth: Auth) -> None:
    customer, key, browser = await auth.customer_with("fG69a*6jH"), with_key(), auth.browser()
    await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})

    first = await browser.post("/api/v1/sessions/current/refresh", headers=key)
    again = await browser.post("/api/v1/sessions/current/refresh", headers=key)

    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    secret = first.json()["access_token"].encode()
    kept = await auth.query("select body from idempotency_answers where body is not null")
    assert [row for row in kept if secret in row["body"]] == []


async def test_signing_in_ignores_the_key(auth: Auth) -> None:
    customer, key = await auth.customer_with("fG69a*6jH"), with_key()
    given = {"login": customer.identifier, "password": "fG69a*6jH"}

    answers = [await auth.browser().post("/api/v1/sessions", given, headers=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["access_token"] != answers[1].json()["access_token"]


async def test_a_key_that_is_none_is_refused(auth: Auth) -> None:
    for key in ("", "a b", "x" * 256):
        answer = await auth.browser().post(ACTIVATIONS, {"email": "a@example.org"}, headers={"idempotency-key": key})
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")
