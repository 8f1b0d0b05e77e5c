"""What the desk's API does with one account beyond its details: said passwords, mailed codes, closing."""

from uuid import uuid4

import pytest

from tests.integration.auth_http.conftest import Auth, stranger
from tests.support.customer_portal import Customer, new_customer
from tests.support.samples import NOBODYS

CHECKS = ["full_name", "company", "called_back"]


async def at_groupecho(auth: Auth, **differs: str) -> tuple[Customer, str]:
    """Somebody, and their account's id."""
    customer = new_customer(**differs)
    answer = await auth.desk.open_account("groupecho", customer)
    assert answer.status_code == 201, answer.text
    return customer, str(answer.json()["id"])


async def test_b3_a_password_is_shown_once(auth: Auth) -> None:
    customer, account = await at_groupecho(auth)
    key = uuid4().hex
    first = await auth.desk.release_verbally("groupecho", account, CHECKS, key=key)
    again = await auth.desk.release_verbally("groupecho", account, CHECKS, key=key)

    assert first.status_code == 201
    assert first.json().keys() == {"password", "expires_at"}
    assert first.headers["cache-control"] == "no-store"
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    signed_in = await auth.browser("groupecho.localhost").post(
        "/api/v1/sessions", {"login": customer.identifier, "password": first.json()["password"]}
    )
    assert (signed_in.status_code, signed_in.json()["must_change_password"]) == (201, False)


@pytest.mark.parametrize("body", [{}, {"checks": []}, {"checks": ["company"]}])
async def test_b3_without_every_check_nothing_is_shown_and_what_is_missing_is_named(
    auth: Auth, body: dict[str, list[str]]
) -> None:
    _, account = await at_groupecho(auth)
    answer = await auth.desk.request("POST", f"groupecho/accounts/{account}/verbal-releases", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "checks_incomplete")
    assert answer.json()["missing"] == [check for check in CHECKS if check not in body.get("checks", [])]


async def test_b3_refusals_of_a_release_say_why(auth: Auth) -> None:
    _, account = await at_groupecho(auth)
    unknown = await auth.desk.release_verbally("groupecho", account, [*CHECKS, "shoe_size"])
    at_egec = await auth.desk.account_id("egec", (await auth.customer()).identifier)
    not_offered = await auth.desk.release_verbally("egec", at_egec, CHECKS)
    nobody = await auth.desk.release_verbally("groupecho", str(uuid4()), CHECKS)
    await auth.desk.close("groupecho", account)
    closed = await auth.desk.release_verbally("groupecho", account, CHECKS)

    assert (unknown.status_code, unknown.json()["code"]) == (422, "fields_invalid")
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["#/checks/3"]
    assert (not_offered.status_code, not_offered.json()["code"]) == (403, "verbal_release_not_offered")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "account_not_found")
    assert (closed.status_code, closed.json()["code"]) == (409, "account_is_closed")


async def test_b3_the_fourth_of_a_day_is_refused_until_it_may_be(auth: Auth) -> None:
    _, account = await at_groupecho(auth)
    answers = [await auth.desk.release_verbally("groupecho", account, CHECKS) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert int(answers[-1].headers["retry-after"]) > 23 * 3600


async def test_b11_an_account_is_closed_and_reopened_and_shown_as_it_then_is(auth: Auth) -> None:
    _, account = await at_groupecho(auth)
    key = uuid4().hex
    path = f"groupecho/accounts/{account}"
    closed = [await auth.desk.request("POST", f"{path}/close", key=key) for _ in range(2)]
    reopened = await auth.desk.reopen("groupecho", account)
    replayed = await auth.desk.request("POST", f"{path}/close", key=key)

    assert [answer.status_code for answer in (*closed, reopened)] == [200, 200, 200]
    assert closed[0].json() == closed[1].json() == replayed.json()
    assert closed[0].json()["closed_at"] is not None
    assert reopened.json() == closed[0].json() | {"closed_at": None}
    shown = await auth.desk.request("GET", path)
    assert shown.json()["closed_at"] is None, "a repeat of the closing closed nothing"
    assert (await auth.desk.close("groupecho", str(uuid4()))).json()["code"] == "account_not_found"


async def contact_person(auth: Auth) -> str:
    _, account = await at_groupecho(auth)
    corrected = await auth.desk.request("PATCH", f"groupecho/accounts/{account}", json={"contact_person": True})
    assert corrected.status_code == 200, corrected.text
    return account


def somebody() -> dict[str, str]:
    return {"name": "Alex Modèle", "email": stranger()}


async def test_s2_10_a_code_is_mailed(auth: Auth) -> None:
    _, account = await at_groupecho(auth)
    answer = await auth.desk.mail_code("groupecho", account)

    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    without_address = await auth.desk.request("POST", "groupecho/accounts", json={"name": "Camille Exemple"})
    refused = await auth.desk.mail_code("groupecho", without_address.json()["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "address_missing")
    await auth.desk.close("groupecho", account)
    refused = await auth.desk.mail_code("groupecho", account)
    assert (refused.status_code, refused.json()["code"]) == (409, "account_is_closed")
    refused = await auth.desk.mail_code("ecocito", account)
    assert (refused.status_code, refused.json()["code"]) == (403, "code_not_offered")


async def test_s2_09_codes_are_asked_for_and_asked_for_once(auth: Auth) -> None:
    asking, people, key = await contact_person(auth), [somebody(), somebody()], uuid4().hex
    answers = [await auth.desk.request_codes("groupecho", asking, people, key=key) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"status": "accepted"})] * 2
    for person in people:
        found = await auth.desk.request("GET", "groupecho/accounts", params={"q": person["email"]})
        (account,) = found.json()["items"]
        assert len(await auth.query("select from outbox where aggregateid = $1", account["id"])) == 3


@pytest.mark.parametrize("asking", ["", "nobody", NOBODYS])
async def test_s2_09_who_is_not_the_contact_person_is_refused(auth: Auth, asking: str) -> None:
    before = await auth.done()
    answer = await auth.desk.request_codes("groupecho", asking, [{"name": "", "email": ""}])

    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_contact_person")
    assert await auth.done() == before


async def test_s2_09_elsewhere_no_contact_person_asks(auth: Auth) -> None:
    answer = await auth.desk.request_codes("egec", await contact_person(auth), [somebody()])

    assert (answer.status_code, answer.json()["code"]) == (403, "code_requests_not_offered")


@pytest.mark.parametrize(
    ("person", "pointers"),
    [
        ({"name": "Alex Modèle"}, ["email"]),
        ({"email": "alex@example.org"}, ["name"]),
        ({"name": "Alex", "email": "alex@example.org"}, ["name"]),
        ({"name": "Alex Modèle", "email": "alex"}, ["email"]),
        ({"name": None, "email": None}, ["email", "name"]),
    ],
)
async def test_s2_09_a_list_with_one_incomplete_person_opens_nobody(
    auth: Auth, person: dict[str, str | None], pointers: list[str]
) -> None:
    asking = await contact_person(auth)
    before = await auth.done()
    answer = await auth.desk.request_codes("groupecho", asking, [somebody(), person])

    assert (answer.status_code, answer.json()["code"]) == (422, "people_incomplete")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/people/1/{field}" for field in pointers]
    assert await auth.done() == before


async def test_s2_09_a_hundred_people_at_most_and_at_least_one(auth: Auth) -> None:
    asking = await contact_person(auth)
    nobody = await auth.desk.request_codes("groupecho", asking, [])
    crowd = await auth.desk.request_codes("groupecho", asking, [somebody()] * 101)
    password = await auth.desk.request_codes("groupecho", asking, [{**somebody(), "password": "chosen-by-staff"}])

    assert (nobody.status_code, nobody.json()["code"]) == (422, "people_incomplete")
    assert (crowd.status_code, crowd.json()["code"]) == (422, "fields_invalid")
    assert (password.status_code, password.json()["code"]) == (422, "fields_invalid")
