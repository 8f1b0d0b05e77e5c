"""S0.12: each failure has a code for programs, and words of its own for people, in both languages."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from uuid import uuid4

import pytest

from services.contracts.domain.activation_keys import generate_key
from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.holder import Holder, new_holder
from tests.support.world import World

TRIES = 20  # an hour and account

Provoke = Callable[[World, Holder], Awaitable[str]]  # makes the key that fails


class Failure(NamedTuple):
    provoke: Provoke
    status: int
    said: Mapping[str, str]


async def unknown(world: World, holder: Holder) -> str:
    return generate_key().printed


async def malformed(world: World, holder: Holder) -> str:
    key = generate_key().printed
    return key[:-1] + ("0" if key[-1] != "0" else "1")


async def used(world: World, holder: Holder) -> str:
    key = await world.desk.issue_key(await world.desk.register_contract("ecocito"))
    assert (await (await new_holder(holder.portal)).offer(key)).status_code == 201
    return key


async def revoked(world: World, holder: Holder) -> str:
    issued = await world.desk.issue(await world.desk.register_contract("ecocito"))
    assert (await world.desk.request("DELETE", f"ecocito/keys/{issued['key_id']}")).status_code == 204
    return issued["key"]


async def expired(world: World, holder: Holder) -> str:
    issued = await world.desk.issue(await world.desk.register_contract("ecocito"))
    await world.in_contracts(
        "update activation_keys set issued_at = issued_at - interval '90 days',"
        " expires_at = expires_at - interval '90 days' where id = $1::uuid",
        issued["key_id"],
    )
    return issued["key"]


async def already_linked(world: World, holder: Holder) -> str:
    return await world.desk.issue_key(await holder.linked())


async def of_another_portal(world: World, holder: Holder) -> str:
    return await world.desk.issue_key(await world.desk.register_contract("default"))


async def too_often(world: World, holder: Holder) -> str:
    for _ in range(TRIES):
        assert refusal(await holder.offer(generate_key().printed)).code == "key_unknown"
    return await world.desk.issue_key(await world.desk.register_contract("ecocito"))


FAILURES = {
    "key_unknown": Failure(unknown, 404, {"fr": "Cette clé n’existe pas", "en": "There is no such key"}),
    "key_malformed": Failure(
        malformed, 422, {"fr": "incomplète ou mal recopiée", "en": "This key is incomplete or miscopied"}
    ),
    "key_used": Failure(used, 409, {"fr": "Cette clé a déjà servi", "en": "This key has been used"}),
    "key_revoked": Failure(
        revoked, 410, {"fr": "Cette clé a été annulée par Evolis 23", "en": "cancelled by Evolis 23"}
    ),
    "key_expired": Failure(expired, 410, {"fr": "Cette clé n’est plus valable", "en": "This key is no longer valid"}),
    "contract_already_linked": Failure(
        already_linked,
        409,
        {"fr": "Ce contrat est déjà associé à votre compte", "en": "This contract is linked to your account already"},
    ),
    "key_of_another_portal": Failure(
        of_another_portal, 409, {"fr": "celle d’un autre portail", "en": "This key is for another portal"}
    ),
    "too_many_tries": Failure(too_often, 429, {"fr": "Trop de clés refusées", "en": "Too many keys were refused"}),
}


@pytest.mark.parametrize("code", FAILURES)
async def test_s0_12_each_failing_key_has_its_own_text(shared_world: World, holder: Holder, code: str) -> None:
    provoke, status, said = FAILURES[code]
    key = await provoke(shared_world, holder)
    before = await holder.contracts()

    for language, words in said.items():
        await holder.browser.visit(f"/contracts/link?lang={language}")
        page = await holder.browser.submit("/contracts/link", activation_key=key)
        assert (page.status, page.language) == (status, language)
        assert words in page.text
        assert [(field.name, field.value) for field in page.inputs] == [("activation_key", key)], "to be corrected"
        others = [failure.said[language] for other, failure in FAILURES.items() if other != code]
        assert not any(other in page.text for other in others)

        answer = await holder.offer(key)
        assert (answer.status_code, refusal(answer).code) == (status, code)
        assert words in answer.json()["title"]
    assert await holder.contracts() == before


async def test_s0_12_too_many_tries_of_one_account_keep_nobody_else_from_linking(
    shared_world: World, ecocito: CustomerPortal, holder: Holder
) -> None:
    key = await too_often(shared_world, holder)
    refused = await holder.offer(key)

    assert 0 < int(refused.headers["retry-after"]) <= 60 * 60
    assert (await (await new_holder(ecocito)).offer(key)).status_code == 201


async def test_s0_12_of_two_people_redeeming_one_key_at_once_exactly_one_wins(
    shared_world: World, ecocito: CustomerPortal
) -> None:
    people = [await new_holder(ecocito) for _ in range(2)]
    for _ in range(3):
        contract = await shared_world.desk.register_contract("ecocito")
        key = await shared_world.desk.issue_key(contract)

        answers = await asyncio.gather(*(person.offer(key) for person in people))

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (winner,) = [person for person, answer in zip(people, answers, strict=True) if answer.status_code == 201]
        (loser,) = [person for person in people if person is not winner]
        assert {refusal(answer).code for answer in answers if answer.status_code == 409} == {"key_used"}
        await winner.mail_saying(contract["number"])
        assert contract["number"] in await winner.numbers()
        assert contract["number"] not in await loser.numbers()
        assert loser.mails(contract) == []


async def test_s0_12_switching_to_someone_elses_contract_is_refused_as_if_there_were_none(
    shared_world: World, ecocito: CustomerPortal, holder: Holder
) -> None:
    own, others = await holder.linked(), await (await new_holder(ecocito)).linked()
    nobodys = {"id": str(uuid4())}

    answers = [await holder.switch(contract) for contract in (others, nobodys)]
    assert [(answer.status_code, refusal(answer).code) for answer in answers] == [(404, "contract_not_found")] * 2
    assert answers[0].json()["title"] == answers[1].json()["title"]
    for language, words in (("fr", "n’est pas associé à votre compte"), ("en", "not linked to your account")):
        await holder.browser.visit(f"/contracts?lang={language}")
        page = await holder.browser.submit("/contracts", contract_id=others["id"])
        assert (page.status, words in page.text) == (404, True)

    assert await holder.active() == own["number"]
    refused = await shared_world.in_contracts(
        "select from audit where action = 'switch_refused' and account_id = $1::uuid and contract_id = $2::uuid",
        holder.id,
        others["id"],
    )
    assert len(refused) == 3
