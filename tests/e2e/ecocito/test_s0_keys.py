"""Activation keys as the operator gives them and people use them (S0.5 to S0.8)."""

from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.desk import Desk, hire
from tests.support.holder import Holder, new_holder
from tests.support.world import World


async def test_s0_05_linking_asks_for_the_activation_key(shared_world: World, holder: Holder) -> None:
    """And for nothing else; the person is told by mail, by the contract's number and label."""
    desk = shared_world.desk
    contract = await desk.register_contract("ecocito", label="Chalet des Mélèzes")
    key = await desk.issue_key(contract)

    page = await holder.browser.submit("/contracts/link", activation_key=key)

    assert page.status == 200
    assert f"Le contrat {contract['number']} est associé à votre compte." in page.text
    assert await holder.numbers() == [contract["number"]]
    mail = await holder.mail_saying(contract["number"], "Chalet des Mélèzes")
    assert "relationusagers@evolis23.fr" in mail.text
    assert contract["number"] not in mail.message["Subject"]
    assert key not in mail.text


async def test_s0_05_the_key_may_be_typed_as_people_type(holder: Holder) -> None:
    desk = holder.portal.desk
    contract = await desk.register_contract("ecocito")
    key = await desk.issue_key(contract)
    typed = f"  {key.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "

    assert (await holder.offer(typed)).status_code == 201
    assert await holder.numbers() == [contract["number"]]


async def test_s0_05_a_person_is_mailed_in_their_own_language(ecocito: CustomerPortal) -> None:
    holder = await new_holder(ecocito, language="en")
    contract = await holder.linked()
    mail = await holder.mail_saying(contract["number"])
    assert "is now linked to your Ecocito account" in mail.text


async def test_s0_06_each_contract_has_a_key_of_its_own_and_the_newest_alone_works(holder: Holder) -> None:
    desk = holder.portal.desk
    one, other = [await desk.register_contract("ecocito") for _ in range(2)]
    first, second = [await desk.issue_key(one) for _ in range(2)]
    others = await desk.issue_key(other)
    assert len({first, second, others}) == 3

    refused = await holder.offer(first)
    assert (refused.status_code, refusal(refused).code) == (410, "key_revoked")
    assert (await holder.offer(second)).status_code == 201
    assert await holder.numbers() == [one["number"]], "a key links its own contract alone"
    assert (await holder.offer(others)).status_code == 201
    assert await holder.numbers() == [one["number"], other["number"]]


async def test_s0_06_each_holder_of_a_contract_has_a_key_of_their_own(ecocito: CustomerPortal, holder: Holder) -> None:
    contract, partner = await holder.linked(), await new_holder(ecocito)

    assert (await partner.offer(await ecocito.desk.issue_key(contract))).status_code == 201
    assert await holder.numbers() == await partner.numbers() == [contract["number"]]


async def test_s0_07_only_the_operator_issues_keys(shared_world: World, holder: Holder) -> None:
    """Neither a customer, on any host, nor a machine that may do other things."""
    desk = shared_world.desk
    contract = await holder.linked()
    asked = (await desk.ask_for_key(contract)).json()["id"]
    path = f"/api/v1/portals/ecocito/contracts/{contract['id']}/keys"

    at_the_portal = await holder.browser.post(path, {"request_id": asked})
    as_the_desk = await holder.browser.post(
        path, {"request_id": asked}, headers={"host": "desk.localhost", **bearer(holder)}
    )
    other = await reader(shared_world)
    by_a_reader = await other.request("POST", path.removeprefix("/api/v1/portals/"), json={"request_id": asked})

    assert [answer.status_code for answer in (at_the_portal, as_the_desk, by_a_reader)] == [404, 401, 403]
    assert [refusal(answer).code for answer in (as_the_desk, by_a_reader)] == ["token_not_accepted", "scope_missing"]
    issued = await shared_world.in_contracts("select from activation_keys where request_id = $1::uuid", asked)
    assert issued == []


async def test_s0_08_a_key_needs_a_request_with_identity_and_address_checked(shared_world: World) -> None:
    """The desk records that both were checked, by whom and when; of the documents it has no place to keep anything."""
    desk = shared_world.desk
    contract = await desk.register_contract("ecocito")
    for missing in ({"identity_checked": False}, {"address_checked": False}):
        refused = await desk.ask_for_key(contract, **missing)
        assert (refused.status_code, refusal(refused).code) == (422, "checks_incomplete")
        assert list(missing) == refused.json()["missing"]
    path = f"ecocito/contracts/{contract['id']}/keys"
    unasked = await desk.request("POST", path, json={"request_id": contract["id"]})
    assert (unasked.status_code, refusal(unasked).code) == (404, "key_request_not_found")

    asked = (await desk.ask_for_key(contract)).json()["id"]
    assert (await desk.request("POST", path, json={"request_id": asked})).status_code == 201
    (kept,) = await shared_world.in_contracts("select * from key_requests where contract_id = $1::uuid", contract["id"])
    assert (str(kept["id"]), kept["requested_at"] is not None) == (asked, True)
    assert desk.client_id in kept["checked_by"]
    entries = await shared_world.in_contracts(
        "select action, actor_id from audit where contract_id = $1::uuid order by seq", contract["id"]
    )
    assert [entry["action"] for entry in entries][-2:] == ["key_requested", "key_issued"]
    assert {entry["actor_id"] for entry in entries} == {desk.client_id}


async def test_s0_08_the_link_page_says_how_to_get_a_key(holder: Holder) -> None:
    page = await holder.browser.visit("/contracts/link")
    assert "VOUS NE CONNAISSEZ PAS VOTRE CLÉ D'ACTIVATION ?" in page.headings
    assert (
        "La clé est donnée par Evolis 23. Pour l'obtenir, il faut obligatoirement en faire la demande à "
        "relationusagers@evolis23.fr en joignant une copie de sa carte d'identité et l'adresse du bien concerné."
    ) in page.text


def bearer(holder: Holder) -> dict[str, str]:
    return {"authorization": f"Bearer {holder.browser.cookies['__Host-access']}"}


async def reader(world: World) -> Desk:
    """A machine that may read contracts, and no more."""
    return await hire(world.http, world.auth_database.url, scopes=frozenset({"contracts:read"}))
