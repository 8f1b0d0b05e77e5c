"""« changer de contrat » (S0.9, S0.10), and what only the desk can do (S0.11)."""

from dataclasses import replace

import pytest

from services.contracts.domain.errors import AccountNotFound, ContractNotFound, LinkingNotOffered, LinkNotFound
from services.contracts.handlers.desk_link_contract import LinkForAccount, link_for_account
from shared.ids import AccountId, ContractId, new_id
from tests.integration.contracts.conftest import DESK, Contracts, erased


def somebody() -> AccountId:
    return AccountId(new_id())


async def audited(contracts: Contracts) -> list[tuple[str, object, object]]:
    rows = await contracts.owner("select action, account_id, contract_id from audit order by seq")
    return [(row["action"], row["account_id"], row["contract_id"]) for row in rows]


async def test_the_chosen_contract_is_active_until_changed(contracts: Contracts):
    customer, first, second = somebody(), await contracts.register("1"), await contracts.register("2", label="Local")
    await contracts.give(customer, first)
    await contracts.give(customer, second)

    assert await contracts.switch(customer, second) == second.linked(active=True)

    assert await contracts.active(customer) == second.id
    [_, event] = await contracts.events("active_contract_changed")
    assert (event["payload"]["contract_id"], event["payload"]["label"]) == (str(second.id), "Local")


async def test_versions_of_what_is_active_grow(contracts: Contracts):
    customer, several = somebody(), [await contracts.register(number) for number in "12"]
    for contract in several:
        await contracts.give(customer, contract)
    for contract in several * 2:
        await contracts.switch(customer, contract)

    versions = [event["payload"]["version"] for event in await contracts.events("active_contract_changed")]
    assert len(versions) == 4
    assert versions == sorted(set(versions))


async def test_choosing_the_active_one_again_tells_nobody(contracts: Contracts):
    customer, contract = somebody(), await contracts.register()
    await contracts.give(customer, contract)

    assert (await contracts.switch(customer, contract)).active

    assert len(await contracts.events("active_contract_changed")) == 1


async def test_somebody_elses_contract_is_as_unknown_as_none_and_the_try_is_audited(contracts: Contracts):
    customer, theirs = somebody(), await contracts.register()
    await contracts.give(somebody(), theirs)

    with pytest.raises(ContractNotFound) as refused:
        await contracts.switch(customer, theirs)
    elsewhere = await contracts.on("default").register("9")
    nowhere = replace(theirs, id=ContractId(new_id()))
    for one in (elsewhere, nowhere):
        with pytest.raises(ContractNotFound) as unknown:
            await contracts.switch(customer, one)
        assert str(unknown.value) == str(refused.value)

    assert await contracts.active(customer) is None
    tries = [entry for entry in await audited(contracts) if entry[0] == "switch_refused"]
    assert [entry[1:] for entry in tries] == [(customer, one.id) for one in (theirs, elsewhere, nowhere)]


async def test_the_list_holds_all_and_only_ones_own(contracts: Contracts):
    one, other = somebody(), somebody()
    for number in range(5):
        await contracts.give(one if number % 2 else other, await contracts.register(str(number)))

    assert [contract.number for contract in await contracts.list(one)] == ["1", "3"]
    assert [contract.number for contract in await contracts.list(other)] == ["0", "2", "4"]
    assert await contracts.list(somebody()) == []
    assert await contracts.on("default").list(one) == []


async def test_without_the_active_contract_the_oldest_left_is_active(contracts: Contracts):
    customer = await contracts.known()
    several = [await contracts.register(number) for number in "321"]
    for contract in several:
        await contracts.give(customer, contract)
    await contracts.switch(customer, several[2])

    await contracts.dissociate(customer, several[2])

    assert await contracts.active(customer) == several[0].id
    assert (await contracts.events("active_contract_changed"))[-1]["payload"]["contract_id"] == str(several[0].id)


async def test_without_another_contract_the_active_one_stays(contracts: Contracts):
    customer, first, second = await contracts.known(), await contracts.register("1"), await contracts.register("2")
    await contracts.give(customer, first)
    await contracts.give(customer, second)

    await contracts.dissociate(customer, second)

    assert await contracts.active(customer) == first.id
    assert len(await contracts.events("active_contract_changed")) == 1


async def test_without_the_last_contract_there_is_none(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()
    await contracts.give(customer, contract)

    await contracts.dissociate(customer, contract)

    assert await contracts.list(customer) == []
    last = (await contracts.events("active_contract_changed"))[-1]
    assert (last["key"], last["payload"]) == (customer, None)


async def test_who_comes_back_to_a_contract_has_a_higher_version_than_before(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()
    await contracts.give(customer, contract)
    await contracts.dissociate(customer, contract)
    await contracts.give(customer, contract)

    [first, _, last] = await contracts.events("active_contract_changed")
    assert last["payload"]["version"] > first["payload"]["version"]


async def test_dissociating_is_told_with_what_the_mail_shows(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()
    await contracts.give(customer, contract)
    await contracts.dissociate(customer, contract)

    [event] = await contracts.events("contract_unlinked")
    assert (event["payload"]["account_id"], event["payload"]["by"]) == (str(customer), "operator")
    assert contract.details.number not in str(event["payload"])
    assert event["payload"]["sealed"]
    assert ("contract_unlinked", customer, contract.id) in await audited(contracts)


async def test_nobody_is_told_of_a_dissociation_on_a_portal_that_has_no_words_for_it(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()
    await contracts.give(customer, contract)

    await contracts.under(linking=False).dissociate(customer, contract)

    [event] = await contracts.events("contract_unlinked")
    assert event["payload"]["sealed"] is None
    assert await contracts.list(customer) == []


async def test_dissociating_what_is_not_linked_changes_nothing(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()

    with pytest.raises(LinkNotFound):
        await contracts.dissociate(customer, contract)
    with pytest.raises(AccountNotFound):
        await contracts.dissociate(somebody(), contract)
    with pytest.raises(ContractNotFound):
        await contracts.on("default").dissociate(customer, contract)

    assert await contracts.events("contract_unlinked") == []


async def test_the_desk_links_without_a_key_and_the_person_is_told(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()
    await contracts.desk_link(customer, contract)

    [event] = await contracts.events("contract_linked")
    assert event["payload"]["by"] == "operator"
    assert event["payload"]["sealed"]
    assert await contracts.active(customer) == contract.id
    assert ("contract_linked", customer, contract.id) in await audited(contracts)


async def test_the_desk_links_nothing_on_a_portal_that_has_no_words_for_it(contracts: Contracts):
    customer, contract = await contracts.known(), await contracts.register()

    with pytest.raises(LinkingNotOffered):
        await contracts.under(linking=False).desk_link(customer, contract)

    assert await contracts.list(customer) == []


async def test_the_desk_links_only_accounts_that_are_known(contracts: Contracts):
    contract, gone, there = await contracts.register(), await contracts.known(), await contracts.on("default").known()
    await contracts.hear(erased(gone))
    unheard_of = somebody()
    await contracts.give(unheard_of, await contracts.register("1"))

    for whose in (gone, there, unheard_of, somebody()):
        with pytest.raises(AccountNotFound):
            await link_for_account(contracts.deps, LinkForAccount(contracts.portal, DESK, contract.id, whose))
