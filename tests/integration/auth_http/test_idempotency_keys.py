"""`Idempotency-Key`: done once, answered twice; no answer that is kept holds a secret."""

import asyncio
from uuid import uuid4

from tests.integration.auth_http.conftest import NEUTRAL, TOLD, Auth, stranger
from tests.support.browser import Browser

ACTIVATIONS, REFRESH = "/api/v1/activations", "/api/v1/sessions/current/refresh"


def with_key() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def regenerated(auth: Auth) -> int:
    rows = await auth.query("select count(*) from outbox where type like '%password_regenerated%'")
    return int(rows[0]["count"])


async def test_a_repeat_gets_the_same_answer_and_one_password(auth: Auth) -> None:
    customer, key, before = await auth.customer(), with_key(), await regenerated(auth)
    browser = auth.browser()

    answers = [await browser.post(ACTIVATIONS, {"email": customer.email}, headers=key) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b'{"status":"accepted"}')] * 2
    assert [answer.headers["content-type"] for answer in answers] == ["application/json"] * 2
    assert await regenerated(auth) == before + 1


async def test_many_at_once_are_one(auth: Auth) -> None:
    customer, key, before = await auth.customer(), with_key(), await regenerated(auth)
    browser = auth.browser()

    answers = await asyncio.gather(
        *(browser.post(ACTIVATIONS, {"email": customer.email}, headers=key) for _ in range(4))
    )

    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"still_answering"}
    assert 202 in {answer.status_code for answer in answers}
    assert await regenerated(auth) == before + 1


async def test_a_refusal_is_repeated_too(auth: Auth) -> None:
    key, nobody = with_key(), {"email": f"{uuid4().hex}@example.org"}
    browser = auth.browser()
    first = await browser.post(ACTIVATIONS, nobody, headers=key)

    again = await browser.post(ACTIVATIONS, nobody, headers=key)

    assert (again.status_code, again.content) == (404, first.content)
    assert again.headers["content-type"] == "application/problem+json"


async def test_another_body_under_the_same_key_is_refused(auth: Auth) -> None:
    one, other, key, browser = await auth.customer(), await auth.customer(), with_key(), auth.browser()
    await browser.post(ACTIVATIONS, {"email": one.email}, headers=key)

    answer = await browser.post(ACTIVATIONS, {"email": other.email}, headers=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_key_is_one_callers_for_one_route_of_one_portal(auth: Auth) -> None:
    customer, key, browser = await auth.customer(), with_key(), auth.browser()
    await browser.post(ACTIVATIONS, {"email": customer.email}, headers=key)
    neighbour = Browser(auth.http, NEUTRAL, browser.address)

    elsewhere = await neighbour.post(ACTIVATIONS, {"email": stranger()}, headers=key)
    nearby = await browser.post(REFRESH, headers=key)

    assert elsewhere.status_code == 202
    assert nearby.status_code == 401


async def test_two_strangers_may_choose_the_same_key(auth: Auth) -> None:
    customers, key = [await auth.customer() for _ in range(2)], with_key()

    answers = [await auth.browser().post(ACTIVATIONS, {"email": each.email}, headers=key) for each in customers]

    assert [answer.status_code for answer in answers] == [202, 202]


async def test_two_sessions_may_choose_the_same_key(auth: Auth) -> None:
    customer, key = await auth.customer_with("fG69a*6jH"), with_key()
    first = auth.browser()
    sessions = [first, Browser(auth.http, TOLD, first.address)]
    for browser in sessions:
        await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})

    answers = [await browser.post(REFRESH, headers=key) for browser in sessions]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_who_signs_in_is_not_kept_out_by_having_been_nobody(auth: Auth) -> None:
    """Neither by what was answered to nobody, nor by what was answered to a session that has ended."""
    customer, key, browser = await auth.customer_with("fG69a*6jH"), with_key(), auth.browser()
    refused = await browser.post(REFRESH, headers=key)
    again = await browser.post(REFRESH, headers=key)
    await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})
    signed_in = await browser.post(REFRESH, headers=key)

    assert [answer.status_code for answer in (refused, again, signed_in)] == [401, 401, 200]
    assert await auth.query("select 1 from idempotency_answers where status = 401") == []


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

    first = await browser.post(REFRESH, headers=key)
    again = await browser.post(REFRESH, headers=key)

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
