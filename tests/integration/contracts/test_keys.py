"""The operator's side of a key (S0.6 to S0.8): asked for, checked, given once, withdrawn."""

import pytest

from services.contracts.domain.errors import (
    ChecksIncomplete,
    ContractNotFound,
    KeyNotFound,
    KeyRequestNotFound,
    KeyRevoked,
    KeyUsed,
    LinkingNotOffered,
)
from services.contracts.handlers.desk_find_contracts import find_contracts, show_contract
from services.contracts.handlers.desk_request_key import KeyRequest, request_key
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from shared.details import DetailsNotAcceptable
from shared.ids import AccountId, ContractId, KeyId, new_id
from tests.integration.contracts.conftest import DESK, Contracts


def somebody() -> AccountId:
    return AccountId(new_id())


def request(contracts: Contracts, contract_id: ContractId, identity: bool = True, address: bool = True) -> KeyRequest:
    return KeyRequest(contracts.portal, DESK, contract_id, identity, address)


async def actions(contracts: Contracts) -> list[str]:
    return [row["action"] for row in await contracts.owner("select action from audit order by seq")]


@pytest.mark.parametrize(
    ("identity", "address", "missing"),
    [
        (False, True, ("identity_checked",)),
        (True, False, ("address_checked",)),
        (False, False, ("identity_checked", "address_checked")),
    ],
)
async def test_without_both_checks_there_is_no_request(
    contracts: Contracts, identity: bool, address: bool, missing: tuple[str, ...]
):
    contract = await contracts.register()

    with pytest.raises(ChecksIncomplete) as refused:
        await request_key(contracts.deps, request(contracts, contract.id, identity, address))

    assert refused.value.missing == missing
    assert await contracts.owner("select from key_requests") == []
    assert (await actions(contracts))[-1] == "key_request_refused"


async def test_a_request_says_who_checked_and_brings_a_key(contracts: Contracts):
    contract = await contracts.register()

    request_id = await request_key(contracts.deps, request(contracts, contract.id))
    issued = await contracts.issue(contract, request_id)

    [row] = await contracts.owner("select contract_id, checked_by from key_requests")
    assert row == {"contract_id": contract.id, "checked_by": f"client {DESK.id}"}
    [key] = await contracts.owner("select id, request_id from activation_keys")
    assert key == {"id": issued.key_id, "request_id": request_id}
    assert await actions(contracts) == ["contract_registered", "key_requested", "key_issued"]


async def test_a_request_brings_keys_until_one_of_them_was_used(contracts: Contracts):
    contract = await contracts.register()
    request_id = await request_key(contracts.deps, request(contracts, contract.id))
    await contracts.issue(contract, request_id)
    second = await contracts.issue(contract, request_id)
    await contracts.redeem(somebody(), second.key)

    with pytest.raises(KeyRequestNotFound):
        await contracts.issue(contract, request_id)


async def test_a_request_brings_a_key_for_its_own_contract_only(contracts: Contracts):
    contract, other = await contracts.register("1"), await contracts.register("2")
    request_id = await request_key(contracts.deps, request(contracts, contract.id))

    for asked in (request_id, new_id()):
        with pytest.raises(KeyRequestNotFound):
            await contracts.issue(other, asked)
    assert await contracts.events("activation_key_issued") == []


async def test_a_new_key_revokes_the_one_before(contracts: Contracts):
    contract = await contracts.register()
    first, second = await contracts.issue(contract), await contracts.issue(contract)

    with pytest.raises(KeyRevoked):
        await contracts.redeem(somebody(), first.key)
    await contracts.redeem(somebody(), second.key)

    [revoked] = await contracts.events("activation_key_revoked")
    assert revoked["payload"]["key_id"] == str(first.key_id)
    assert (await contracts.told(contract.id))[1:-1] == [
        "activation_key_issued",
        "activation_key_revoked",
        "activation_key_issued",
    ]


async def test_a_used_key_is_not_revoked_by_the_next_one(contracts: Contracts):
    contract = await contracts.register()
    await contracts.give(somebody(), contract)
    await contracts.issue(contract)

    assert await contracts.events("activation_key_revoked") == []


async def test_a_key_is_withdrawn_once(contracts: Contracts):
    issued = await contracts.issue(await contracts.register())
    command = RevokeKey(contracts.portal, DESK, issued.key_id)

    await revoke_key(contracts.deps, command)
    await revoke_key(contracts.deps, command)

    assert len(await contracts.events("activation_key_revoked")) == 1


async def test_what_is_no_key_here_is_not_withdrawn(contracts: Contracts):
    contract = await contracts.register()
    issued = await contracts.issue(contract)
    there = contracts.on("default").portal

    for portal, key_id in ((there, issued.key_id), (contracts.portal, KeyId(new_id()))):
        with pytest.raises(KeyNotFound):
            await revoke_key(contracts.deps, RevokeKey(portal, DESK, key_id))
    await contracts.redeem(somebody(), issued.key)
    with pytest.raises(KeyUsed):
        await revoke_key(contracts.deps, RevokeKey(contracts.portal, DESK, issued.key_id))


async def test_keys_are_for_contracts_of_portals_that_link(contracts: Contracts):
    contract = await contracts.register()

    with pytest.raises(LinkingNotOffered):
        await contracts.under(linking=False).issue(contract)
    with pytest.raises(ContractNotFound):
        await contracts.on("default").issue(contract)
    with pytest.raises(ContractNotFound):
        await request_key(contracts.deps, request(contracts.on("default"), contract.id))


async def test_a_number_is_the_portals_own(contracts: Contracts):
    await contracts.register("1")
    await contracts.on("default").register("1")

    with pytest.raises(DetailsNotAcceptable):
        await contracts.register("")


async def test_contracts_are_found_by_the_beginning_of_their_number_page_by_page(contracts: Contracts):
    several = {number: await contracts.register(number) for number in ("23-3", "23-1", "24-1", "23-2", "2")}
    await contracts.on("default").register("23-9")

    async def found(q: str, limit: int = 50) -> list[list[str]]:
        pages, after = [], None
        while True:
            page = await find_contracts(contracts.deps, [contracts.portal.name], DESK, q, after=after, limit=limit)
            pages.append([contract.details.number for contract in page.contracts])
            if (after := page.after) is None:
                return pages

    assert await found("23-") == [["23-1", "23-2", "23-3"]]
    assert await found("", limit=2) == [["2", "23-1"], ["23-2", "23-3"], ["24-1"]]
    assert await found("24-1") == [["24-1"]]
    assert await found("x\0%_") == [[]]
    shown = await show_contract(contracts.deps, contracts.portal, DESK, several["23-1"].id)
    assert shown == several["23-1"]
    with pytest.raises(ContractNotFound):
        await show_contract(contracts.deps, contracts.on("default").portal, DESK, shown.id)


async def test_a_number_is_found_in_whatever_form_its_letters_are_typed(contracts: Contracts):
    contract = await contracts.register("\u00c9-23")
    found = await find_contracts(contracts.deps, [contracts.portal.name], DESK, "E\u0301-2")
    assert found.contracts == [contract]


async def test_contracts_are_found_by_words_of_what_they_are_called_and_where_they_lie(contracts: Contracts):
    shop = await contracts.register("1", label="Local du bourg", street="12 place de l’Église")
    home = await contracts.register("23000", label="Église", street="4 rue du Puits", postal_code="23000")

    async def found(q: str) -> list[str]:
        page = await find_contracts(contracts.deps, [contracts.portal.name], DESK, q)
        return [contract.details.number for contract in page.contracts]

    assert await found("bourg LOC") == [shop.details.number]
    assert await found("place église") == [shop.details.number]
    assert await found("église") == [shop.details.number, home.details.number]
    assert await found("rue du pont") == []
    assert await found("2300") == [home.details.number]  # the number's beginning: postal codes are half the county's
    assert await found("& | ! ( ) : * '") == []


async def test_contracts_of_several_portals_are_found_in_one_order_and_no_others(contracts: Contracts):
    default = contracts.on("default")
    for number in ("1", "2", "3"):
        await contracts.register(number)
        await default.register(number)
    await contracts.on("egec").register("2")
    portals = [contracts.portal.name, default.portal.name]

    pages, after = [], None
    while not pages or after:
        page = await find_contracts(contracts.deps, portals, DESK, "", after=after, limit=4)
        pages.append([(contract.details.number, contract.portal) for contract in page.contracts])
        after = page.after

    assert pages == [
        [("1", "default"), ("1", "ecocito"), ("2", "default"), ("2", "ecocito")],
        [("3", "default"), ("3", "ecocito")],
    ]


async def test_contracts_are_found_by_their_holder(contracts: Contracts):
    customer, mine, other = somebody(), await contracts.register("1"), await contracts.register("2")
    await contracts.give(customer, mine)
    await contracts.give(somebody(), other)

    page = await find_contracts(contracts.deps, [contracts.portal.name], DESK, "", holder=customer)

    assert [contract.id for contract in page.contracts] == [mine.id]
