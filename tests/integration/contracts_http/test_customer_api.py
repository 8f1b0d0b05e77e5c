"""The customers' API: all and only one's own contracts, the active one, another one by its key (S0.5 to S0.12)."""

import asyncio
from uuid import uuid4

import pytest

from services.contracts.domain.activation_keys import generate_key
from tests.integration.contracts_http.conftest import Contracts

NOBODYS = "7Q3M-0000-0000-0000-0000-0000"


async def test_a_key_links_its_contract_and_the_first_becomes_active(contracts: Contracts) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    key = (await contracts.issue(contract))["key"]

    answer = await customer.offer(key)

    assert answer.status_code == 201
    assert answer.json() == {
        "id": contract["id"],
        "number": contract["number"],
        "label": "Maison des Étangs",
        "address": "4 rue du Puits, 23000 Guéret",
        "active": True,
    }
    assert await customer.contracts() == [answer.json()]


async def test_the_next_one_does_not_become_active_by_itself(contracts: Contracts) -> None:
    customer = await contracts.customer()
    first = await contracts.linked(customer)
    second = await customer.offer((await contracts.issue(await contracts.contract()))["key"])

    assert second.json()["active"] is False
    assert [(one["id"], one["active"]) for one in await customer.contracts()] == [
        (first["id"], True),
        (second.json()["id"], False),
    ]


async def test_a_key_is_read_as_people_type_it(contracts: Contracts) -> None:
    customer, key = await contracts.customer(), (await contracts.issue(await contracts.contract()))["key"]

    assert (await customer.offer(f"\u00a0{key.lower().replace('-', ' ').replace('0', 'o')} ")).status_code == 201


async def test_switching_answers_the_active_contract(contracts: Contracts) -> None:
    customer = await contracts.customer()
    first, second = [await contracts.linked(customer) for _ in range(2)]

    answer = await customer.switch(second["id"])

    assert (answer.status_code, answer.json()["id"], answer.json()["active"]) == (200, second["id"], True)
    assert {one["id"]: one["active"] for one in await customer.contracts()} == {first["id"]: False, second["id"]: True}


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_a_contract_that_is_not_ones_own_does_not_exist(contracts: Contracts, whose: str) -> None:
    customer, other = await contracts.customer(), await contracts.customer()
    theirs = await contracts.linked(other)
    refused = await contracts.audited("switch_refused")

    answer = await customer.switch(theirs["id"] if whose == "another's" else str(uuid4()))

    assert (answer.status_code, answer.json()["code"]) == (404, "contract_not_found")
    assert await customer.contracts() == []
    assert await contracts.audited("switch_refused") == refused + 1


async def test_each_failing_key_is_told_apart(contracts: Contracts) -> None:
    customer, other = await contracts.customer(), await contracts.customer()
    mine = await contracts.linked(customer)
    used = (await contracts.issue(contract := await contracts.contract()))["key"]
    await other.offer(used)
    revoked = await contracts.issue(contract)
    await contracts.call("DELETE", f"ecocito/keys/{revoked['key_id']}")
    expired = await contracts.issue(contract)
    await contracts.query("update activation_keys set expires_at = now() where id = $1", expired["key_id"])
    elsewhere = await contracts.issue(await contracts.contract("default"))
    again = await contracts.issue(mine)

    answers = {
        name: await customer.offer(key)
        for name, key in {
            "unknown": unknown_key(),
            "malformed": used[:-1],
            "used": used,
            "revoked": revoked["key"],
            "expired": expired["key"],
            "elsewhere": elsewhere["key"],
            "again": again["key"],
        }.items()
    }

    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()} == {
        "unknown": (404, "key_unknown"),
        "malformed": (422, "key_malformed"),
        "used": (409, "key_used"),
        "revoked": (410, "key_revoked"),
        "expired": (410, "key_expired"),
        "elsewhere": (409, "key_of_another_portal"),
        "again": (409, "contract_already_linked"),
    }
    assert len({answer.json()["title"] for answer in answers.values()}) == len(answers)


async def test_too_many_tries_say_when_to_come_back(contracts: Contracts) -> None:
    customer, key = await contracts.customer(), (await contracts.issue(await contracts.contract()))["key"]
    for _ in range(20):
        assert (await customer.offer(unknown_key())).status_code == 404

    answer = await customer.offer(key)

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(answer.headers["retry-after"]) <= 3600


async def test_what_cannot_be_a_key_costs_no_try(contracts: Contracts) -> None:
    customer, key = await contracts.customer(), (await contracts.issue(await contracts.contract()))["key"]
    for _ in range(21):
        assert (await customer.offer("x" * 30)).json()["code"] == "key_malformed"

    assert (await customer.offer(key)).status_code == 201


async def test_of_two_who_redeem_one_key_at_once_one_wins(contracts: Contracts) -> None:
    rivals = [await contracts.customer() for _ in range(2)]
    key = (await contracts.issue(await contracts.contract()))["key"]

    answers = await asyncio.gather(*(rival.offer(key) for rival in rivals))

    assert sorted((answer.status_code, answer.json().get("code")) for answer in answers) == [
        (201, None),
        (409, "key_used"),
    ]


async def test_a_repeat_with_the_same_key_is_answered_again(contracts: Contracts) -> None:
    customer, offered = await contracts.customer(), (await contracts.issue(await contracts.contract()))["key"]
    headers = {"idempotency-key": uuid4().hex}

    first, again = [await customer.offer(offered, headers=headers) for _ in range(2)]
    other = await customer.offer(unknown_key(), headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_refusal_speaks_the_persons_language(contracts: Contracts) -> None:
    said = {}
    for language in ("fr", "en"):
        customer = await contracts.customer(language=language)
        answer = await customer.browser.post(
            "/api/v1/contracts/links", {"activation_key": "x"}, headers={"accept-language": "fr"}
        )
        said[language] = answer.json()["title"]

    assert said["fr"].startswith("Cette clé est incomplète")
    assert said["en"].startswith("This key is incomplete")


async def test_a_portal_that_links_none_says_so(contracts: Contracts) -> None:
    customer = await contracts.customer("egec")

    answer = await customer.offer(NOBODYS)

    assert (answer.status_code, answer.json()["code"]) == (403, "linking_not_offered")


async def test_the_list_comes_in_pages_to_who_asks_for_pages(contracts: Contracts) -> None:
    customer = await contracts.customer()
    ids = [(await contracts.linked(customer))["id"] for _ in range(3)]

    first = (await customer.browser.get("/api/v1/contracts?limit=2")).json()
    rest = (await customer.browser.get("/api/v1/contracts", params={"limit": 2, "after": first["after"]})).json()
    lost = await customer.browser.get("/api/v1/contracts", params={"after": str(uuid4())})

    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert rest["after"] is None
    assert lost.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("PUT", "/api/v1/contracts/active", {"json": {"contract_id": "x"}}),
        ("PUT", "/api/v1/contracts/active", {"json": {}}),
        ("POST", "/api/v1/contracts/links", {"json": {"activation_key": 1}}),
        ("POST", "/api/v1/contracts/links", {"json": {"activation_key": "", "contract_id": NOBODYS}}),
        ("GET", "/api/v1/contracts?limit=0", {}),
    ],
)
async def test_what_is_not_as_it_must_be_is_said(
    contracts: Contracts, method: str, path: str, content: dict[str, object]
) -> None:
    answer = await (await contracts.customer()).browser.request(method, path, **content)

    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert answer.json()["errors"]


def unknown_key() -> str:
    """Of the right form, and given to nobody."""
    return generate_key().printed
