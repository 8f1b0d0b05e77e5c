"""Holders the operator's file names find their contracts, whichever is known first; what is heard of accounts."""

import asyncio
import io
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.handlers.import_contracts import contract_file
from services.contracts.sql.customers import find_customer
from shared.ids import AccountId, Language, new_id
from shared.imports import Counts, check_file, import_file
from tests.integration.contracts.conftest import Contracts, contact, erased, received, signed_out

SOMEBODY = "0000000001"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def somebody() -> AccountId:
    return AccountId(new_id())


async def bring_in(contracts: Contracts, *lines: str) -> Counts:
    """Of number, holder_identifier and label."""
    source = io.BytesIO("\n".join(("number,holder_identifier,label", *lines)).encode())
    kind = contract_file(contracts.portal)
    checked = check_file(source, kind.layout, lambda fault: pytest.fail(str(fault)), lambda _: None)
    return await import_file(contracts.deps.db, kind, source, checked, lambda _: None)


async def numbers(contracts: Contracts, account_id: AccountId) -> list[str]:
    return [one.number for one in await contracts.list(account_id)]


async def test_an_account_known_before_its_contracts(contracts: Contracts):
    customer = await contracts.known(SOMEBODY)

    await bring_in(contracts, f"1,{SOMEBODY},A", f"2,{SOMEBODY},B", "3,,C", "4,0000000009,D")

    assert sorted(await numbers(contracts, customer)) == ["1", "2"]
    assert await contracts.active(customer) == (await contracts.list(customer))[0].id


async def test_contracts_known_before_their_holders_account(contracts: Contracts):
    customer = somebody()
    await bring_in(contracts, f"1,{SOMEBODY},A", f"2,{SOMEBODY},B", "3,,C", "4,0000000009,D")

    await contracts.hear(contact(customer, SOMEBODY))

    assert sorted(await numbers(contracts, customer)) == ["1", "2"]
    assert await contracts.active(customer) == (await contracts.list(customer))[0].id


async def test_only_a_holder_of_the_same_portal_is_meant(contracts: Contracts):
    there = await contracts.on("default").known(SOMEBODY)
    await bring_in(contracts, f"1,{SOMEBODY},A")
    await contracts.on("default").hear(contact(there, SOMEBODY, version=2, portal="default"))

    assert await contracts.owner("select from links") == []


@pytest.mark.parametrize("first", ["import", "account"])
async def test_both_at_the_same_moment_miss_each_other_in_neither_order(contracts: Contracts, first: str):
    """Each has begun, and looks for the other half, before either of them has committed."""
    customer = somebody()
    steps = [bring_in(contracts, f"1,{SOMEBODY},A"), contracts.hear(contact(customer, SOMEBODY))]
    tasks = []
    turn = "select pg_advisory_xact_lock(hashtextextended('holders of ecocito', 0))"
    async with contracts.holding(turn):
        for waiting, step in enumerate(steps if first == "import" else steps[::-1], start=1):
            tasks.append(asyncio.ensure_future(step))
            await contracts.waiting(waiting)
    await asyncio.gather(*tasks)

    assert await numbers(contracts, customer) == ["1"]


async def test_many_files_and_facts_at_once_leave_no_holder_without_their_contract(contracts: Contracts):
    people = {f"00000000{number:02}": somebody() for number in range(30)}

    async def hear_all() -> None:
        for identifier, account_id in people.items():
            await contracts.hear(contact(account_id, identifier))

    async def bring_all() -> None:
        for number, identifier in enumerate(people):
            await bring_in(contracts, f"{number},{identifier},A")

    await asyncio.gather(hear_all(), bring_all())

    assert len(await contracts.owner("select from links")) == 30
    assert await contracts.owner("select from contracts where wanted_holder is not null") == []
    assert len(await contracts.events("active_contract_changed")) == 30


async def test_a_holder_by_the_file_is_mailed_nothing_and_others_are_told_on_the_slow_lane(contracts: Contracts):
    customer = await contracts.known(SOMEBODY)
    await bring_in(contracts, f"1,{SOMEBODY},A")

    events = await contracts.events()
    assert [event["name"] for event in events] == ["contract_registered", "contract_linked", "active_contract_changed"]
    linked = events[1]["payload"]
    assert (linked["account_id"], linked["by"], linked["sealed"]) == (str(customer), "import", None)
    assert {event["lane"] for event in events} == {1}


async def test_who_has_the_contract_by_a_key_already_is_not_linked_again(contracts: Contracts):
    customer, contract = await contracts.known(SOMEBODY), await contracts.register("1")
    await contracts.give(customer, contract)

    await bring_in(contracts, f"1,{SOMEBODY},A")

    assert len(await contracts.events("contract_linked")) == 1
    assert await contracts.owner("select from contracts where wanted_holder is not null") == []


async def test_who_was_dissociated_is_not_brought_back_by_the_next_night(contracts: Contracts):
    customer = await contracts.known(SOMEBODY)
    await bring_in(contracts, f"1,{SOMEBODY},A")
    [contract] = await contracts.list(customer)
    await contracts.dissociate(customer, await contracts.found(contract.id))

    await bring_in(contracts, f"1,{SOMEBODY},B")
    await contracts.hear(contact(customer, SOMEBODY, version=2))

    assert await numbers(contracts, customer) == []


async def test_who_looks_at_a_contract_sees_its_new_label(contracts: Contracts):
    looking, other = await contracts.known(SOMEBODY), await contracts.known("0000000002")
    await bring_in(contracts, f"1,{SOMEBODY},Old", "2,0000000002,Other")
    await contracts.give(other, await contracts.found((await contracts.list(looking))[0].id))
    told = len(await contracts.events("active_contract_changed"))

    await bring_in(contracts, f"1,{SOMEBODY},New", "2,0000000002,Other")

    [event] = (await contracts.events("active_contract_changed"))[told:]
    assert (event["key"], event["payload"]["label"]) == (looking, "New")
    former = (await contracts.events("active_contract_changed"))[0]["payload"]
    assert event["payload"]["version"] > former["version"]


async def test_facts_that_come_again_change_nothing(contracts: Contracts):
    customer = somebody()
    facts = [contact(customer, SOMEBODY, version=version) for version in (1, 2)]
    await bring_in(contracts, f"1,{SOMEBODY},A")
    await contracts.hear(*facts, signed_out(customer, NOW))
    before = [await contracts.owner(f"select * from {table}") for table in ("accounts", "links", "outbox")]  # noqa: S608

    for again in ([*facts, signed_out(customer, NOW)], [signed_out(customer, NOW - timedelta(days=1)), *facts[::-1]]):
        await contracts.hear(*again)

    after = [await contracts.owner(f"select * from {table}") for table in ("accounts", "links", "outbox")]  # noqa: S608
    assert after == before


async def test_the_newest_contact_is_kept_however_they_come(contracts: Contracts):
    customer = somebody()
    older, newer = (contact(customer, SOMEBODY, version=version) for version in (1, 2))

    await contracts.hear(newer.model_copy(update={"name": "Camille Nouvelle"}), older)

    found = await find_customer(contracts.deps.db, customer, NOW, otherwise=Language("en"))
    assert found is not None
    assert (found.customer.name, found.customer.language) == ("Camille Nouvelle", "fr")


async def test_who_was_erased_is_forgotten_and_gets_nothing_more(contracts: Contracts):
    customer = await contracts.known(SOMEBODY)

    await contracts.hear(erased(customer), received(contact(customer, SOMEBODY, version=9)))
    await bring_in(contracts, f"1,{SOMEBODY},A")

    assert await numbers(contracts, customer) == []
    [row] = await contracts.owner("select * from accounts")
    assert (row["erased"], row["name"], row["identifier"]) == (True, None, None)


async def test_sessions_that_ended_before_anything_else_was_heard(contracts: Contracts):
    customer = somebody()
    await contracts.hear(signed_out(customer, NOW))

    found = await find_customer(contracts.deps.db, customer, NOW, otherwise=Language("fr"))
    later = await find_customer(contracts.deps.db, customer, NOW + timedelta(seconds=1), otherwise=Language("fr"))

    assert (found and found.ended, later and later.ended) == (True, False)
