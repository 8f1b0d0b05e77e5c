"""PostgreSQL down: 503 and when to come back, never a false success; what needs no database is still to be read."""

from collections.abc import AsyncIterator

import pytest_asyncio

from deploy.local.postgres import PostgresServer
from tests.integration.auth_http.conftest import DESK, Auth, stranger
from tests.support.waiting import until


@pytest_asyncio.fixture
async def stopped(auth: Auth, postgres: PostgresServer) -> AsyncIterator[PostgresServer]:
    await auth.desk.token()
    await postgres.stop()
    yield postgres
    await postgres.start()


async def test_nothing_is_promised_that_was_not_committed(auth: Auth, stopped: PostgresServer) -> None:
    activation = {"email": stranger()}
    answers = [
        await auth.browser().post("/api/v1/activations", activation),
        await auth.browser().post("/api/v1/activations", activation, headers={"idempotency-key": "outage"}),
        await auth.browser().post("/api/v1/sessions", {"login": "0000000001", "password": "fG69a*6jH"}),
        await auth.browser().get("/api/v1/me", headers={"cookie": "__Host-session=x"}),
        await auth.http.get(
            "/api/v1/portals/egec/accounts",
            headers={"host": DESK, "authorization": f"Bearer {await auth.desk.token()}"},
        ),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "service_unavailable")}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_a_person_is_told_so_on_a_page(auth: Auth, stopped: PostgresServer) -> None:
    browser = auth.browser()
    token = (await browser.visit("/activate")).hidden("csrf")

    answer = await browser.request("POST", "/activate", data={"csrf": token, "email": stranger()})

    assert answer.status_code == 503
    assert "Le service est indisponible en ce moment." in answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_help_is_still_to_be_had(auth: Auth, stopped: PostgresServer) -> None:
    for headers in ({}, {"cookie": "__Host-session=x"}):
        for path in ("/", "/help", "/privacy", "/sign-in", "/activate"):
            assert (await auth.browser().get(path, headers=headers)).status_code == 200
        assert (await auth.browser().get("/account", headers=headers)).status_code == (503 if headers else 303)


async def test_it_goes_on_by_itself(auth: Auth, postgres: PostgresServer) -> None:
    await postgres.stop()
    assert (await auth.browser().post("/api/v1/activations", {"email": stranger()})).status_code == 503
    await postgres.start()

    async def answered() -> bool:
        answer = await auth.browser().post("/api/v1/activations", {"email": stranger()})
        return answer.status_code == 404

    await until(answered)
