"""Several at once: one outcome, and the outbox tells the order in which they committed."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from services.auth.domain.active_contracts import ActiveContract
from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import (
    ContractAlreadyLinked,
    KeyRevoked,
    KeyUsed,
    LinkNotFound,
    NumberTaken,
)
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from shared import outbox
from shared.events import ActiveContractChanged, ContractRegistered
from shared.ids import AccountId, new_id
from tests.integration.contracts.conftest import DESK, Contracts

CONTRACT_ROW = "select from contracts where id = $1 for update"


def somebody() -> AccountId:
    return AccountId(new_id())


async def in_turn(contracts: Contracts, contract: Contract, *steps: Awaitable[Any]) -> list[Any]:
    """All at once, and their turn comes in this order: somebody holds the contract until each of them waits for it."""
    tasks = []
    async with contracts.holding(CONTRACT_ROW, contract.id):
        for waiting, step in enumerate(steps, start=1):
            tasks.append(asyncio.ensure_future(step))
            await contracts.waiting(waiting)
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def test_of_fifty_who_redeem_one_key_at_once_one_wins(contracts: Contracts, processes: list[Deps]):
    contract, people = await contracts.register(), [somebody() for _ in range(50)]
    issued = await contracts.issue(contract)

    async with contracts.holding(CONTRACT_ROW, contract.id):
        tries = [
            asyncio.ensure_future(contracts.redeem(person, issued.key, deps=processes[number % len(processes)]))
            for number, person in enumerate(people)
        ]
        await contracts.waiting(30)  # of the fifty, as many as have a connection
    outcomes = await asyncio.gather(*tries, return_exceptions=True)

    winners = [person for person, outcome in zip(people, outcomes, strict=True) if not isinstance(outcome, Exception)]
    assert len(winners) == 1
    assert sum(isinstance(outcome, KeyUsed) for outcome in outcomes) == 49
    [event] = await contracts.events("contract_linked")
    assert event["payload"]["account_id"] == str(winners[0])
    holders = await contracts.owner("select account_id from links")
    assert [row["account_id"] for row in holders] == winners


async def test_who_redeems_before_it_is_revoked_has_the_contract(contracts: Contracts):
    contract, customer = await contracts.register(), somebody()
    issued = await contracts.issue(contract)

    linked, revoked = await in_turn(
        contracts,
        contract,
        contracts.redeem(customer, issued.key),
        revoke_key(contracts.deps, RevokeKey(contracts.portal, DESK, issued.key_id)),
    )

    assert linked.id == contract.id
    assert isinstance(revoked, KeyUsed)
    assert (await contracts.told(contract.id))[2:] == ["contract_linked"]


async def test_who_redeems_after_it_was_revoked_does_not(contracts: Contracts):
    contract, customer = await contracts.register(), somebody()
    issued = await contracts.issue(contract)

    revoked, linked = await in_turn(
        contracts,
        contract,
        revoke_key(contracts.deps, RevokeKey(contracts.portal, DESK, issued.key_id)),
        contracts.redeem(customer, issued.key),
    )

    assert revoked is None
    assert isinstance(linked, KeyRevoked)
    assert (await contracts.told(contract.id))[2:] == ["activation_key_revoked"]
    assert await contracts.list(customer) == []


async def test_a_key_given_meanwhile_ends_the_one_that_is_redeemed(contracts: Contracts):
    contract, customer = await contracts.register(), somebody()
    issued = await contracts.issue(contract)

    newer, linked = await in_turn(
        contracts, contract, contracts.issue(contract), contracts.redeem(customer, issued.key)
    )

    assert isinstance(linked, KeyRevoked)
    await contracts.redeem(customer, newer.key)


async def test_two_desks_that_revoke_at_once_revoke_once(contracts: Contracts):
    contract = await contracts.register()
    issued = await contracts.issue(contract)
    command = RevokeKey(contracts.portal, DESK, issued.key_id)

    outcomes = await in_turn(
        contracts, contract, revoke_key(contracts.deps, command), revoke_key(contracts.deps, command)
    )

    assert outcomes == [None, None]
    assert len(await contracts.events("activation_key_revoked")) == 1


async def test_two_desks_that_give_keys_at_once_leave_one_live_key(contracts: Contracts):
    contract = await contracts.register()

    first, second = await in_turn(contracts, contract, contracts.issue(contract), contracts.issue(contract))

    told = await contracts.told(contract.id)
    assert told[1:] == ["activation_key_issued", "activation_key_revoked", "activation_key_issued"]
    with pytest.raises(KeyRevoked):
        await contracts.redeem(somebody(), first.key)
    await contracts.redeem(somebody(), second.key)


async def test_two_desks_that_link_at_once_link_once(contracts: Contracts):
    contract, customer = await contracts.register(), await contracts.known()

    outcomes = await in_turn(
        contracts, contract, contracts.desk_link(customer, contract), contracts.desk_link(customer, contract)
    )

    assert [type(outcome) for outcome in outcomes] == [type(None), ContractAlreadyLinked]
    assert len(await contracts.events("contract_linked")) == 1


async def test_two_desks_that_register_one_number_register_it_once(contracts: Contracts):
    outcomes = await asyncio.gather(*(contracts.register("1") for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(outcome, NumberTaken) for outcome in outcomes) == 7
    assert len(await contracts.events("contract_registered")) == 1


async def test_linked_and_then_dissociated_is_told_in_that_order(contracts: Contracts):
    contract, customer = await contracts.register(), await contracts.known()
    issued = await contracts.issue(contract)

    await in_turn(contracts, contract, contracts.redeem(customer, issued.key), contracts.dissociate(customer, contract))

    assert (await contracts.told(contract.id))[2:] == ["contract_linked", "contract_unlinked"]
    assert await contracts.told(customer) == ["active_contract_changed"] * 2
    assert await contracts.list(customer) == []
    [former, latter] = (await contracts.owner("select occurred_at from outbox order by seq"))[2::2]
    assert former["occurred_at"] < latter["occurred_at"]


async def test_dissociated_before_it_was_linked_is_nothing_to_dissociate(contracts: Contracts):
    contract, customer = await contracts.register(), await contracts.known()
    issued = await contracts.issue(contract)

    dissociated, linked = await in_turn(
        contracts, contract, contracts.dissociate(customer, contract), contracts.redeem(customer, issued.key)
    )

    assert isinstance(dissociated, LinkNotFound)
    assert linked.active
    assert (await contracts.told(contract.id))[2:] == ["contract_linked"]


async def test_dissociated_and_linked_anew_is_told_in_that_order(contracts: Contracts):
    contract, customer = await contracts.register(), await contracts.known()
    await contracts.give(customer, contract)
    issued = await contracts.issue(contract)

    await in_turn(contracts, contract, contracts.dissociate(customer, contract), contracts.redeem(customer, issued.key))

    assert (await contracts.told(contract.id))[-2:] == ["contract_unlinked", "contract_linked"]
    assert (await contracts.active(customer)) == contract.id


async def test_what_is_told_after_there_was_none_is_newer_than_the_tombstone(contracts: Contracts):
    """By its time, which is all a tombstone has; whoever links next had begun before it, and waited."""
    contract, customer = await contracts.register(), await contracts.known()
    await contracts.give(customer, contract)
    issued = await contracts.issue(contract)

    await in_turn(contracts, contract, contracts.dissociate(customer, contract), contracts.redeem(customer, issued.key))

    active = ActiveContract(customer)
    told = await contracts.owner(
        "select occurred_at, convert_from(payload, 'utf8')::json ->> 'version' as version from outbox"
        " where type = $1 order by seq",
        ActiveContractChanged.type,
    )
    for row in told:
        if row["version"] is None:
            active = active.told_none(row["occurred_at"])
        else:
            active = active.told(contract.id, "", int(row["version"]))
    assert [row["version"] is None for row in told] == [False, True, False]
    assert active.contract_id == contract.id


async def test_a_fact_is_dated_when_its_key_was_held_however_long_that_took(contracts: Contracts):
    contract = await contracts.register()
    registered = ContractRegistered(
        contract_id=contract.id, portal=contract.portal, registered_at=datetime.now(UTC), by="operator"
    )
    async with contracts.deps.db.transaction() as patient:
        async with contracts.deps.db.transaction() as quick:
            await outbox.insert(quick, registered)
        await outbox.insert(patient, registered)

    rows = await contracts.owner("select occurred_at from outbox order by seq")
    assert [row["occurred_at"] for row in rows] == sorted(row["occurred_at"] for row in rows)


async def test_many_at_once_over_few_contracts_neither_deadlock_nor_disagree(contracts: Contracts):
    """Whoever ends up with contracts looks at one of them, and the last event of each says what the tables say."""
    several = [await contracts.register(str(number)) for number in range(4)]
    people = [await contracts.known(f"000000000{number}") for number in range(4)]

    async def link_and_part(turn: int) -> None:
        one, person = several[turn % 4], people[turn // 4 % 4]
        for step in (contracts.desk_link, contracts.dissociate)[:: 1 if turn % 3 else -1]:
            with suppress(LinkNotFound, ContractAlreadyLinked):
                await step(person, one)

    await asyncio.gather(*(link_and_part(turn) for turn in range(64)))

    for person in people:
        held = await contracts.list(person)
        assert sum(one.active for one in held) == (1 if held else 0)
        told = [
            event["payload"] for event in await contracts.events("active_contract_changed") if event["key"] == person
        ]
        assert (told[-1] and told[-1]["contract_id"]) == (str(await contracts.active(person)) if held else None)
