"""A customer links a contract with a key: what is told of it, and what each failure is called (S0.5, S0.12)."""

from datetime import datetime

import pytest
from pydantic import SecretStr

from services.contracts.domain.activation_keys import generate_key
from services.contracts.domain.errors import (
    AccountNotFound,
    ContractAlreadyLinked,
    KeyExpired,
    KeyMalformed,
    KeyOfAnotherPortal,
    KeyRefused,
    KeyRevoked,
    KeyUnknown,
    KeyUsed,
    LinkingNotOffered,
    TooManyTries,
)
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from services.contracts.handlers.link_contract import LinkContract, link_contract
from shared.idempotency import Answer, Once, StillAnswering, claim
from shared.idempotency.kept import take_claim
from shared.ids import AccountId, new_id
from tests.integration.contracts.conftest import DESK, ELSEWHERE, HERE, Contracts, contact, erased


def somebody() -> AccountId:
    return AccountId(new_id())


async def refusals(contracts: Contracts) -> list[tuple[str, str]]:
    rows = await contracts.owner(
        "select actor_id, details ->> 'code' as code from audit where action = 'link_refused' order by seq"
    )
    return [(row["actor_id"], row["code"]) for row in rows]


async def test_a_key_links_its_contract_and_others_are_told(contracts: Contracts):
    contract, customer = await contracts.register(), somebody()
    issued = await contracts.issue(contract)

    linked = await contracts.redeem(customer, issued.key)

    assert linked == contract.linked(active=True)
    assert await contracts.list(customer) == [linked]
    assert await contracts.told(contract.id) == ["contract_registered", "activation_key_issued", "contract_linked"]
    [event] = await contracts.events("contract_linked")
    fact = event["payload"]
    assert (fact["account_id"], fact["by"]) == (str(customer), "key")
    opened = contracts.opener.open(
        fact["sealed"],
        event_id=event["id"],
        account_id=customer,
        generation=None,
        deliver_until=datetime.fromisoformat(fact["deliver_until"]),
    )
    assert {name: secret.get_secret_value() for name, secret in opened.items()} == {
        "number": contract.details.number,
        "label": contract.details.label,
    }


async def test_the_mail_about_a_link_is_worth_sending_as_long_as_the_portal_says(contracts: Contracts):
    await contracts.give(somebody(), await contracts.register())

    [event] = await contracts.events("contract_linked")
    linked_at, until = (datetime.fromisoformat(event["payload"][name]) for name in ("linked_at", "deliver_until"))
    assert until - linked_at == contracts.portal.policy.tell_within


async def test_the_first_contract_becomes_the_active_one_and_stays_it(contracts: Contracts):
    customer, first, second = somebody(), await contracts.register("1"), await contracts.register("2", label="")

    assert (await contracts.give(customer, first)).active
    assert not (await contracts.give(customer, second)).active

    assert [(one.number, one.active) for one in await contracts.list(customer)] == [("1", True), ("2", False)]
    [event] = await contracts.events("active_contract_changed")
    assert event["key"] == customer
    assert (event["payload"]["contract_id"], event["payload"]["label"]) == (str(first.id), first.details.label)


async def test_a_contract_has_several_holders_each_by_a_key_of_their_own(contracts: Contracts):
    contract, one, other = await contracts.register(), somebody(), somebody()

    await contracts.give(one, contract)
    await contracts.give(other, contract)

    assert [c.id for c in await contracts.list(one)] == [c.id for c in await contracts.list(other)] == [contract.id]


async def test_an_unknown_key(contracts: Contracts):
    with pytest.raises(KeyUnknown):
        await contracts.redeem(somebody(), generate_key().printed)


async def test_a_used_key_even_by_whoever_used_it(contracts: Contracts):
    customer, issued = somebody(), await contracts.issue(await contracts.register())
    await contracts.redeem(customer, issued.key)

    for whoever in (customer, somebody()):
        with pytest.raises(KeyUsed):
            await contracts.redeem(whoever, issued.key)


async def test_a_revoked_key(contracts: Contracts):
    issued = await contracts.issue(await contracts.register())
    await revoke_key(contracts.deps, RevokeKey(contracts.portal, DESK, issued.key_id))

    with pytest.raises(KeyRevoked):
        await contracts.redeem(somebody(), issued.key)


async def test_a_key_expires_by_the_clock_of_the_database(contracts: Contracts):
    issued, lasting = [await contracts.issue(await contracts.register(number)) for number in "12"]
    await contracts.owner("update activation_keys set expires_at = now() where id = $1", issued.key_id)
    later = "update activation_keys set expires_at = now() + interval '1 hour' where id = $1"
    await contracts.owner(later, lasting.key_id)

    with pytest.raises(KeyExpired):
        await contracts.redeem(somebody(), issued.key)
    await contracts.redeem(somebody(), lasting.key)


async def test_a_key_lasts_as_long_as_the_portal_says(contracts: Contracts):
    await contracts.issue(await contracts.register())

    [event] = await contracts.events("activation_key_issued")
    issued, expires = (datetime.fromisoformat(event["payload"][name]) for name in ("issued_at", "expires_at"))
    assert expires - issued == contracts.portal.policy.activation_keys.expires_after


async def test_a_key_of_another_portal(contracts: Contracts):
    there = contracts.on("default")
    issued = await there.issue(await there.register())

    with pytest.raises(KeyOfAnotherPortal):
        await contracts.redeem(somebody(), issued.key)
    await there.redeem(somebody(), issued.key)


async def test_a_contract_that_is_linked_already_and_its_key_stays_another_holders(contracts: Contracts):
    contract, customer, other = await contracts.register(), somebody(), somebody()
    await contracts.give(customer, contract)
    second = await contracts.issue(contract)

    with pytest.raises(ContractAlreadyLinked):
        await contracts.redeem(customer, second.key)

    await contracts.redeem(other, second.key)


async def test_a_portal_without_linking_offers_none(contracts: Contracts):
    issued = await contracts.issue(await contracts.register())

    with pytest.raises(LinkingNotOffered):
        await contracts.under(linking=False).redeem(somebody(), issued.key)


async def test_who_was_erased_links_nothing(contracts: Contracts):
    customer = await contracts.known()
    await contracts.hear(erased(customer))
    issued = await contracts.issue(await contracts.register())

    with pytest.raises(AccountNotFound):
        await contracts.redeem(customer, issued.key)
    await contracts.redeem(somebody(), issued.key)


async def test_an_account_of_another_portal_links_nothing(contracts: Contracts):
    customer = await contracts.on("default").known()
    issued = await contracts.issue(await contracts.register())

    with pytest.raises(AccountNotFound):
        await contracts.redeem(customer, issued.key)


async def test_every_refusal_of_a_key_is_audited_and_tells_nobody(contracts: Contracts):
    customer, used = somebody(), await contracts.issue(await contracts.register())
    await contracts.redeem(somebody(), used.key)
    told = len(await contracts.events())

    for key in (used.key, SecretStr(generate_key().printed)):
        with pytest.raises(KeyRefused):
            await contracts.redeem(customer, key)

    assert await refusals(contracts) == [(str(customer), "key_used"), (str(customer), "key_unknown")]
    assert len(await contracts.events()) == told
    assert await contracts.list(customer) == []


async def test_a_malformed_key_costs_no_try_and_touches_no_database(contracts: Contracts):
    customer = somebody()

    for _ in range(contracts.portal.limits.failing_keys_per_account.count + 1):
        with pytest.raises(KeyMalformed):
            await contracts.redeem(customer, "0000-0000-0000-0000-0000-0001")

    assert await contracts.owner("select from limits union all select from audit") == []


async def test_failing_keys_are_limited_by_account(contracts: Contracts):
    customer, issued = somebody(), await contracts.issue(await contracts.register())
    for _ in range(contracts.portal.limits.failing_keys_per_account.count):
        with pytest.raises(KeyUnknown):
            await contracts.redeem(customer, generate_key().printed)

    with pytest.raises(TooManyTries) as refused:
        await contracts.redeem(customer, issued.key, ELSEWHERE)

    assert 0 < refused.value.retry_after.total_seconds() <= 3600
    await contracts.redeem(somebody(), issued.key)


async def test_who_is_refused_for_their_own_tries_spends_none_of_their_neighbours(contracts: Contracts):
    insistent, bounds = somebody(), contracts.portal.limits
    issued = await contracts.issue(await contracts.register())
    for _ in range(bounds.failing_keys_per_account.count):
        with pytest.raises(KeyUnknown):
            await contracts.redeem(insistent, generate_key().printed)
    for _ in range(bounds.failing_keys_per_address.count):
        with pytest.raises(TooManyTries):
            await contracts.redeem(insistent, generate_key().printed)

    await contracts.redeem(somebody(), issued.key)


async def test_failing_keys_are_limited_by_address(contracts: Contracts):
    issued = await contracts.issue(await contracts.register())
    for _ in range(contracts.portal.limits.failing_keys_per_address.count):
        with pytest.raises(KeyUnknown):
            await contracts.redeem(somebody(), generate_key().printed)

    with pytest.raises(TooManyTries):
        await contracts.redeem(somebody(), issued.key)

    await contracts.redeem(somebody(), issued.key, ELSEWHERE)


async def test_keys_that_link_cost_no_try(contracts: Contracts):
    customer = somebody()
    for number in range(contracts.portal.limits.failing_keys_per_account.count + 1):
        await contracts.give(customer, await contracts.register(str(number)))


async def test_a_key_is_in_clear_nowhere(contracts: Contracts):
    contract, customer = await contracts.register(), somebody()
    issued = await contracts.issue(contract)
    command = LinkContract(contracts.portal, customer, issued.key, HERE)
    await link_contract(contracts.deps, command)

    tables = await contracts.owner("select tablename as name from pg_tables where schemaname = 'public'")
    kept = ""
    for table in tables:
        rows = await contracts.owner(f"select t::text as row from {table['name']} t")  # noqa: S608
        kept += "".join(row["row"] for row in rows) + "".join(e["payload"] for e in await _payloads(contracts))
    printed = issued.key.get_secret_value()
    for text in (printed, printed.replace("-", ""), printed.replace("-", "").encode().hex()):
        assert text not in kept
        assert text not in repr(command) + repr(issued)


async def _payloads(contracts: Contracts) -> list[dict[str, str]]:
    return await contracts.owner(
        "select convert_from(payload, 'utf8') as payload from outbox where payload is not null"
    )


async def test_an_answer_is_kept_with_what_it_tells_of(contracts: Contracts):
    customer, issued = somebody(), await contracts.issue(await contracts.register())
    mine = claim(portal="ecocito", caller=str(customer), route="links", key="k", body=b"")
    once = Once(mine, lambda linked: Answer(201, str(linked.id).encode()))
    assert await take_claim(contracts.deps.db, mine) is None
    command = LinkContract(contracts.portal, customer, issued.key, HERE)

    linked = await link_contract(contracts.deps, command, once)

    assert await take_claim(contracts.deps.db, mine) == Answer(201, str(linked.id).encode())


async def test_whose_claim_was_taken_over_links_nothing(contracts: Contracts):
    customer, issued = somebody(), await contracts.issue(await contracts.register())
    once = Once(
        claim(portal="ecocito", caller="", route="links", key="k", body=b""), lambda linked: Answer(201, b"")
    )  # which was never taken

    with pytest.raises(StillAnswering):
        await link_contract(contracts.deps, LinkContract(contracts.portal, customer, issued.key, HERE), once)

    assert await contracts.list(customer) == []
    assert await contracts.events("contract_linked") == []
    await contracts.redeem(customer, issued.key)


async def test_an_account_is_known_by_its_links_before_auth_tells_of_it(contracts: Contracts):
    customer, contract = somebody(), await contracts.register()
    await contracts.give(customer, contract)

    await contracts.hear(contact(customer, "0000000001"))

    assert [one.id for one in await contracts.list(customer)] == [contract.id]
