"""The desk's API: contracts, the life of a key, links; each done once, by whom it may be, and audited."""

from uuid import uuid4

import pytest

from tests.integration.contracts_http.conftest import Contracts


async def test_a_contract_is_registered_found_and_shown(contracts: Contracts) -> None:
    contract = await contracts.contract()

    found = (await contracts.call("GET", "ecocito/contracts", params={"q": contract["number"]})).json()
    shown = (await contracts.call("GET", f"ecocito/contracts/{contract['id']}")).json()

    assert found == {"items": [contract], "after": None}
    assert shown == contract
    assert contract["portal"] == "ecocito"


async def test_contracts_are_found_by_who_has_them(contracts: Contracts) -> None:
    customer = await contracts.customer()
    contract = await contracts.linked(customer)

    found = await contracts.call("GET", "ecocito/contracts", params={"account": str(customer.account_id)})

    assert [one["id"] for one in found.json()["items"]] == [contract["id"]]


async def test_lists_are_paged(contracts: Contracts) -> None:
    beginning = uuid4().hex
    for number in range(3):
        await contracts.contract(number=f"{beginning}-{number}")

    first = (await contracts.call("GET", "ecocito/contracts", params={"q": beginning, "limit": 2})).json()
    rest = await contracts.call(
        "GET", "ecocito/contracts", params={"q": beginning, "limit": 2, "after": first["after"]}
    )

    assert [len(first["items"]), len(rest.json()["items"])] == [2, 1]
    assert rest.json()["after"] is None


async def test_a_number_is_one_contracts_alone(contracts: Contracts) -> None:
    contract = await contracts.contract()

    answer = await contracts.call("POST", "ecocito/contracts", json={"number": contract["number"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")
    assert (await contracts.contract("default", number=contract["number"]))["number"] == contract["number"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"label": "a\nb"}, "label"),
        ({"city": "x" * 101}, "city"),
        ({"holder": "x"}, "holder"),
    ],
)
async def test_what_is_wrong_with_a_contract_is_said_by_field(
    contracts: Contracts, wrong: dict[str, str], field: str
) -> None:
    answer = await contracts.call("POST", "ecocito/contracts", json={"number": uuid4().hex, **wrong})

    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{field}"]


@pytest.mark.parametrize(
    ("identity", "address", "missing"),
    [
        (False, True, ["identity_checked"]),
        (True, False, ["address_checked"]),
        (False, False, ["identity_checked", "address_checked"]),
    ],
)
async def test_a_request_without_both_checks_is_none(
    contracts: Contracts, identity: bool, address: bool, missing: list[str]
) -> None:
    contract = await contracts.contract()
    given = {"contract_id": contract["id"], "identity_checked": identity, "address_checked": address}

    answer = await contracts.call("POST", "ecocito/key-requests", json=given)

    assert (answer.status_code, answer.json()["code"]) == (422, "checks_incomplete")
    assert answer.json()["missing"] == missing
    assert not await contracts.query("select from key_requests where contract_id = $1", contract["id"])


async def test_a_key_comes_for_a_request_alone(contracts: Contracts) -> None:
    contract, other = await contracts.contract(), await contracts.contract()
    path = f"ecocito/contracts/{contract['id']}/keys"

    answers = [
        await contracts.call("POST", path, json={"request_id": str(uuid4())}),
        await contracts.call("POST", path, json={"request_id": await contracts.request(other)}),
        await contracts.call("POST", path, json={}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (404, "key_request_not_found"),
        (404, "key_request_not_found"),
        (422, "fields_invalid"),
    ]


async def test_a_key_is_shown_once_whoever_asks_again(contracts: Contracts) -> None:
    contract, key = await contracts.contract(), uuid4().hex
    path, order = f"ecocito/contracts/{contract['id']}/keys", {"request_id": await contracts.request(contract)}

    first = await contracts.call("POST", path, json=order, key=key)
    again = await contracts.call("POST", path, json=order, key=key)

    assert first.status_code == 201
    assert first.json().keys() == {"key_id", "key"}
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert len(await contracts.query("select from activation_keys where contract_id = $1", contract["id"])) == 1


async def test_a_new_key_ends_the_one_before(contracts: Contracts) -> None:
    contract, customer = await contracts.contract(), await contracts.customer()
    former, newer = [await contracts.issue(contract) for _ in range(2)]

    refused, linked = [await customer.offer(issued["key"]) for issued in (former, newer)]

    assert (refused.json()["code"], linked.status_code) == ("key_revoked", 201)


async def test_a_key_is_revoked_once_or_twice_but_not_when_it_was_used(contracts: Contracts) -> None:
    contract, customer = await contracts.contract(), await contracts.customer()
    revoked = await contracts.issue(contract)
    twice = [await contracts.call("DELETE", f"ecocito/keys/{revoked['key_id']}") for _ in range(2)]
    used = await contracts.issue(contract)
    await customer.offer(used["key"])

    late = await contracts.call("DELETE", f"ecocito/keys/{used['key_id']}")
    nowhere = await contracts.call("DELETE", f"default/keys/{used['key_id']}")

    assert [answer.status_code for answer in twice] == [204, 204]
    assert (late.status_code, late.json()["code"]) == (409, "key_used")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "key_not_found")


async def test_the_desk_links_without_a_key_and_dissociates(contracts: Contracts) -> None:
    contract, customer = await contracts.contract(), await contracts.customer()
    links = f"ecocito/contracts/{contract['id']}/links"

    linked = await contracts.call("POST", links, json={"account_id": str(customer.account_id)})
    again = await contracts.call("POST", links, json={"account_id": str(customer.account_id)})
    had = await customer.contracts()
    gone = await contracts.call("DELETE", f"{links}/{customer.account_id}")
    twice = await contracts.call("DELETE", f"{links}/{customer.account_id}")

    assert (linked.status_code, linked.json()) == (201, contract)
    assert (again.status_code, again.json()["code"]) == (409, "contract_already_linked")
    assert [(one["id"], one["active"]) for one in had] == [(contract["id"], True)]
    assert gone.status_code == 204
    assert (twice.status_code, twice.json()["code"]) == (404, "link_not_found")
    assert await customer.contracts() == []


async def test_nobody_is_linked_who_is_not_known_here(contracts: Contracts) -> None:
    contract, elsewhere = await contracts.contract(), await contracts.customer("default")
    links = f"ecocito/contracts/{contract['id']}/links"

    answers = [
        await contracts.call("POST", links, json={"account_id": str(account)})
        for account in (uuid4(), elsewhere.account_id)
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "account_not_found")}


async def test_a_contract_of_another_portal_does_not_exist(contracts: Contracts) -> None:
    contract, customer = await contracts.contract("default"), await contracts.customer()
    path = f"ecocito/contracts/{contract['id']}"
    checked = {"contract_id": contract["id"], "identity_checked": True, "address_checked": True}

    answers = [
        await contracts.call("GET", path),
        await contracts.call("POST", f"{path}/keys", json={"request_id": str(uuid4())}),
        await contracts.call("POST", f"{path}/links", json={"account_id": str(customer.account_id)}),
        await contracts.call("DELETE", f"{path}/links/{customer.account_id}"),
        await contracts.call("POST", "ecocito/key-requests", json=checked),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "contract_not_found")}


async def test_a_repeat_registers_and_asks_and_links_once(contracts: Contracts) -> None:
    customer, number = await contracts.customer(), uuid4().hex
    register = [
        await contracts.call("POST", "ecocito/contracts", json={"number": number}, key=number) for _ in range(2)
    ]
    contract = register[0].json()
    checked = {"contract_id": contract["id"], "identity_checked": True, "address_checked": True}
    asked = [await contracts.call("POST", "ecocito/key-requests", json=checked, key=number) for _ in range(2)]
    links, named = f"ecocito/contracts/{contract['id']}/links", {"account_id": str(customer.account_id)}
    linked = [await contracts.call("POST", links, json=named, key=number) for _ in range(2)]

    for first, again in (register, asked, linked):
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        assert first.status_code == 201


async def test_the_desks_api_is_on_the_desks_host_alone(contracts: Contracts) -> None:
    token = contracts.token("client", "desk", audience="desk")
    headers = {"host": "ecocito.localhost", "authorization": f"Bearer {token}"}

    elsewhere = await contracts.http.get("/api/v1/portals/ecocito/contracts", headers=headers)
    customers = await contracts.http.get("/api/v1/contracts", headers={**headers, "host": "desk.localhost"})

    assert elsewhere.status_code == customers.status_code == 404


async def test_everything_the_desk_does_is_audited_without_names_or_keys(contracts: Contracts) -> None:
    customer, contract = await contracts.customer(), await contracts.contract(label="Canary Exemple")
    issued = await contracts.issue(contract)
    path = f"ecocito/contracts/{contract['id']}"
    await contracts.call("GET", path)
    await contracts.call("DELETE", f"ecocito/keys/{issued['key_id']}")
    await contracts.call("POST", f"{path}/links", json={"account_id": str(customer.account_id)})
    await contracts.call("DELETE", f"{path}/links/{customer.account_id}")

    entries = await contracts.query("select * from audit where contract_id = $1 order by seq", contract["id"])

    assert [entry["action"] for entry in entries] == [
        "contract_registered",
        "key_requested",
        "key_issued",
        "contract_shown",
        "key_revoked",
        "contract_linked",
        "contract_unlinked",
    ]
    assert {(entry["actor_kind"], entry["actor_id"], entry["origin"]) for entry in entries} == {
        ("client", "desk", "127.0.0.1")
    }
    written = " ".join(str(dict(entry)) for entry in entries)
    assert "Canary" not in written
    assert issued["key"] not in written
