"""Contracts as their holders go from one to the other, and how one is taken off an account (S0.9 to S0.11)."""

import re

from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.holder import Contract, Holder, new_holder
from tests.support.waiting import until
from tests.support.world import World

ACTIVE = re.compile(r"Contrat\u00a0: (\w+)")


async def test_s0_09_the_profile_leads_to_the_list_and_the_icon_left_of_a_row_opens_it(holder: Holder) -> None:
    first, second = await holder.linked(label="Maison"), await holder.linked(label="Moulin")

    account = await holder.browser.visit("/account")
    page = await holder.browser.visit(account.links["changer de contrat"])
    assert page.headings[0] == "ACCÉDER À SON COMPTE ASSOCIÉ"
    assert page.text.index("Maison") < page.text.index("Moulin")

    opened = await holder.browser.submit("/contracts", contract_id=second["id"])
    assert f"Le contrat {second['number']} est maintenant actif." in opened.text
    assert await holder.active() == second["number"] != first["number"]


async def test_s0_10_the_list_holds_all_and_only_the_users_contracts(ecocito: CustomerPortal, holder: Holder) -> None:
    own = [(await holder.linked())["number"] for _ in range(3)]
    stranger = await new_holder(ecocito)
    others = await stranger.linked()
    await ecocito.desk.register_contract("ecocito")

    assert await holder.numbers() == own
    assert await stranger.numbers() == [others["number"]]


async def test_s0_10_the_first_link_becomes_active_and_the_next_one_does_not(holder: Holder) -> None:
    assert await holder.active() is None
    first = await holder.linked()
    await holder.linked()
    assert await holder.active() == first["number"]


async def test_s0_10_the_chosen_contract_is_active_on_every_device_until_changed(holder: Holder) -> None:
    """On every page, those of auth as those of contracts."""
    elsewhere = await holder.on_another_device()
    first, second = await holder.linked(label="Maison"), await holder.linked(label="Moulin")
    await until(lambda: shows(elsewhere, "Maison"))

    assert (await holder.switch(second)).status_code == 200
    assert await elsewhere.active() == second["number"]
    await until(lambda: shows(elsewhere, "Moulin"))
    assert (await elsewhere.switch(first)).status_code == 200
    assert await holder.active() == first["number"]
    await until(lambda: shows(holder, "Maison"))


async def test_s0_10_dissociating_the_active_contract_activates_the_oldest_left(holder: Holder) -> None:
    first, second, third = [await holder.linked(label=label) for label in ("Maison", "Moulin", "Grange")]
    await holder.switch(third)

    await dissociate(holder, third)
    assert await holder.active() == first["number"]
    await dissociate(holder, first)
    assert await holder.active() == second["number"]
    await until(lambda: shows(holder, "Moulin"))
    await dissociate(holder, second)
    assert await holder.contracts() == []
    await until(lambda: shows(holder, None))


async def test_s0_11_only_the_operator_dissociates_and_the_person_is_told(shared_world: World, holder: Holder) -> None:
    contract = await holder.linked(label="Bergerie")
    page = await holder.browser.visit("/contracts")
    assert "Pour dé-associer un compte, contacter evolis 23 à relationusagers@evolis23.fr" in page.text

    await dissociate(holder, contract)
    assert await holder.contracts() == []
    mail = await holder.mail_saying(contract["number"], "n’est plus associé à votre compte Ecocito")
    assert "relationusagers@evolis23.fr" in mail.text
    (entry,) = await shared_world.in_contracts(
        "select * from audit where contract_id = $1::uuid and action = 'contract_unlinked'", contract["id"]
    )
    assert (entry["actor_id"], str(entry["account_id"])) == (shared_world.desk.client_id, holder.id)


async def test_s0_11_a_dissociation_by_anybody_else_is_refused(ecocito: CustomerPortal, holder: Holder) -> None:
    contract, stranger = await holder.linked(), await new_holder(ecocito)
    path = f"/api/v1/portals/ecocito/contracts/{contract['id']}/links/{holder.id}"
    for person in (holder, stranger):
        token = {"authorization": f"Bearer {person.browser.cookies['__Host-access']}"}
        at_the_desk = await person.browser.request("DELETE", path, headers={"host": "desk.localhost", **token})
        assert (at_the_desk.status_code, refusal(at_the_desk).code) == (401, "token_not_accepted")
        assert (await person.browser.request("DELETE", path)).status_code == 404
    assert await holder.numbers() == [contract["number"]]


async def test_s0_11_the_operator_links_without_a_key_as_well(shared_world: World, holder: Holder) -> None:
    desk = shared_world.desk
    contract = await desk.register_contract("ecocito")
    await until(lambda: shared_world.in_contracts("select from accounts where id = $1::uuid", holder.id))

    assert (await desk.link(contract, holder.id)).status_code == 201
    assert await holder.active() == contract["number"]
    await holder.mail_saying(contract["number"], "est maintenant associé")


async def dissociate(holder: Holder, contract: Contract) -> None:
    answer = await holder.portal.desk.dissociate(contract, holder.id)
    assert answer.status_code == 204, answer.text


async def shows(holder: Holder, label: str | None) -> bool:
    """Whether auth's pages, which hear of it by Kafka, name it as the active one; None: none is."""
    page = await holder.browser.visit("/account")
    found = ACTIVE.search(page.text)
    return (found and found[1]) == label
