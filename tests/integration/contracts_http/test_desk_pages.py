"""The desk's pages about contracts, for somebody on the telephone: which contract, whose, its keys and who asked for
them; what the role, the portal and its policy allow, and nothing else."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from services.auth.domain.staff import Role
from shared.ids import new_id
from tests.integration.contracts_http.conftest import Colleague, Contracts, Customer
from tests.support.page import Page

KEY = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}\b")


@pytest.fixture
def agent(contracts: Contracts) -> Colleague:
    return contracts.colleague()


def page_of(contract: dict[str, Any], action: str = "") -> str:
    return f"/contracts/{contract['id']}{action}"


def tab_of(customer: Customer, **more: str) -> str:
    return f"/contracts?{urlencode({'account': customer.account_id, **more})}"


async def noted(agent: Colleague, contract: dict[str, Any]) -> str:
    """The address at which its key is issued."""
    asked = await agent.browser.visit(page_of(contract, "/key-request"))
    fields = {"csrf": asked.hidden("csrf"), "identity_checked": "yes", "address_checked": "yes"}
    answer = await agent.browser.request("POST", page_of(contract, "/key-request"), data=fields)
    assert answer.status_code == 303
    return answer.headers["location"]


async def confirmed(agent: Colleague, path: str) -> Page:
    """Whoever is asked once more says yes."""
    return await agent.browser.submit(path)


async def audited(contracts: Contracts, agent: Colleague) -> list[str]:
    rows = await contracts.query("select actor_kind, action from audit where actor_id = $1 order by seq", agent.id)
    assert {row["actor_kind"] for row in rows} == {"staff"}
    return [row["action"] for row in rows]


async def test_exactly_one_hit_leads_straight_to_the_contract(contracts: Contracts, agent: Colleague) -> None:
    word = f"Étang{uuid4().hex[:8]}"
    contract = await contracts.contract(label=f"Maison de l’{word}")

    for sought in (contract["number"], f" {contract['number']} ", word.lower()[:9]):
        answer = await agent.browser.get("/contracts", params={"q": sought})
        assert (answer.status_code, answer.headers["location"]) == (303, page_of(contract))


async def test_several_are_listed_of_all_portals_one_may_see_and_paged(contracts: Contracts) -> None:
    beginning = uuid4().hex[:8]
    for portal in ("ecocito", "default"):
        for number in range(30):
            await contracts.contract(portal, number=f"{beginning}-{number:02}")

    everywhere = await contracts.colleague().browser.visit(f"/contracts?q={beginning}")
    rest = await contracts.colleague().browser.visit(everywhere.links["Suite de la liste"])
    one = await contracts.colleague("agent", "default").browser.visit(f"/contracts?q={beginning}")

    assert (everywhere.text.count(f"{beginning}-"), rest.text.count(f"{beginning}-")) == (50, 10)
    assert one.text.count(f"{beginning}-") == 30
    assert "Ecocito" in everywhere.text
    assert "Ecocito" not in one.text


async def test_nothing_is_listed_to_whoever_looks_for_none(agent: Colleague) -> None:
    empty, unknown = [await agent.browser.visit(f"/contracts?q={q}") for q in ("", "zzzzz")]

    assert empty.headings == ["Chercher un contrat"]
    assert "Aucun contrat de ce numéro" in unknown.text
    assert unknown.links["Chercher la même chose parmi les personnes"] == "/accounts?q=zzzzz"


async def test_a_contract_is_shown_with_its_holders_its_keys_and_its_requests(
    contracts: Contracts, agent: Colleague
) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    issuing = await noted(agent, contract)
    key = KEY.search((await confirmed(agent, issuing)).text)
    assert key
    out = await agent.browser.visit(page_of(contract))
    await customer.offer(key[0])
    used = await agent.browser.visit(page_of(contract))

    assert "Une clé est en circulation. Elle a été émise aujourd’hui" in out.text
    assert "Personne n’a ce contrat." in out.text
    assert used.links["Zoé Ünal"] == f"/accounts/{customer.account_id}"
    assert "Associé avec une clé aujourd’hui" in used.text
    for said in (
        "Clé émise Sacha Exemple · utilisée aujourd’hui",
        "Carte d’identité et adresse vérifiées Sacha Exemple",
    ):
        assert said in used.text
    assert key[0] not in out.text + used.text


async def test_the_way_from_the_request_to_the_key(contracts: Contracts, agent: Colleague) -> None:
    contract = await contracts.contract()
    path = await noted(agent, contract)
    asked = await agent.browser.visit(path)
    listed = await agent.browser.visit("/key-requests")
    shown = await confirmed(agent, path)

    assert "La demande est notée." in asked.text
    assert f"guichet activation-keys issue ecocito {contract['number']} --request" in asked.text
    assert not KEY.search(asked.text)
    assert "Attend sa clé" in listed.text
    assert KEY.search(shown.text)
    assert not KEY.search((await agent.browser.visit(path)).text)
    assert await audited(contracts, agent) == [
        "key_requested",
        "key_requests_listed",
        "key_issued",
    ]


async def test_a_request_without_both_checks_is_none(contracts: Contracts, agent: Colleague) -> None:
    contract = await contracts.contract()
    for ticked in ({}, {"identity_checked": "yes"}, {"address_checked": "yes"}):
        page = await agent.browser.submit(page_of(contract, "/key-request"), **ticked)
        missing = {"identity_checked", "address_checked"} - ticked.keys()
        assert page.status == 422
        assert {address for address in page.links.values() if address.startswith("#")} == {
            "#main",
            *(f"#{check}" for check in missing),
        }

    assert not await contracts.query("select from key_requests where contract_id = $1", contract["id"])
    assert await audited(contracts, agent) == ["key_request_refused"] * 3


async def test_a_new_key_says_that_it_ends_the_one_that_is_out(contracts: Contracts, agent: Colleague) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    former = (await contracts.issue(contract))["key"]
    path = await noted(agent, contract)

    assert "elle ne vaudra plus rien" in (await agent.browser.visit(path)).text
    await confirmed(agent, path)
    assert (await customer.offer(former)).json()["code"] == "key_revoked"


async def test_no_key_without_a_request_that_still_waits_for_it(contracts: Contracts, agent: Colleague) -> None:
    customer, contract, other = await contracts.customer(), await contracts.contract(), await contracts.contract()
    path = await noted(agent, contract)
    elsewhere = path.replace(contract["id"], other["id"])
    key = KEY.search((await confirmed(agent, path)).text)
    assert key
    await customer.offer(key[0])

    pages = [
        await agent.browser.visit(one) for one in (path, elsewhere, f"{page_of(contract, '/key')}?request={uuid4()}")
    ]
    assert {page.status for page in pages} == {404}
    assert (await agent.browser.visit(page_of(contract, "/key"))).status == 422


async def test_a_key_is_kept_for_no_second_asking(contracts: Contracts, agent: Colleague) -> None:
    """As a browser would never ask: with a key of its own for the repeat."""
    contract = await contracts.contract()
    path = await noted(agent, contract)
    fields = {"csrf": (await agent.browser.visit(path)).hidden("csrf")}
    answers = [
        await agent.browser.request("POST", path, data=fields, headers={"idempotency-key": path}) for _ in range(2)
    ]
    shown = [KEY.search(answer.text) for answer in answers]

    assert shown[0]
    assert shown[1]
    assert shown[0][0] != shown[1][0]
    kept = await contracts.query("select body from idempotency_answers where body is not null")
    assert not [row for row in kept if KEY.search(row["body"].decode())]


async def test_a_key_is_revoked_after_asking_once_more(contracts: Contracts, agent: Colleague) -> None:
    customer, contract, other = await contracts.customer(), await contracts.contract(), await contracts.contract()
    issued = await contracts.issue(contract)
    path = page_of(contract, f"/keys/{issued['key_id']}/revoke")

    assert (await agent.browser.visit(path.replace(contract["id"], other["id"]))).status == 404
    assert "La clé est révoquée" in (await confirmed(agent, path)).text
    assert (await customer.offer(issued["key"])).json()["code"] == "key_revoked"


async def test_a_contract_is_linked_without_a_key_and_dissociated_again(contracts: Contracts, agent: Colleague) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    tab = await agent.browser.visit(tab_of(customer, q=contract["number"]))
    path = tab.links["Associer"]
    asked = await agent.browser.visit(path)
    linked = await confirmed(agent, path)
    again = await agent.browser.visit(tab_of(customer, q=contract["number"]))

    assert tab.headings[0] == "Zoé Ünal"
    assert "Ce compte n’a aucun contrat." in tab.text
    assert "La personne en est avertie par courriel" in asked.text
    assert "Le contrat est associé." in linked.text
    assert linked.links[contract["label"]] == page_of(contract)
    assert "Affiché" in linked.text
    assert "Déjà associé" in again.text
    assert [one["id"] for one in await customer.contracts()] == [contract["id"]]

    asked = await agent.browser.visit(linked.links["Dissocier"])
    gone = await confirmed(agent, linked.links["Dissocier"])
    assert "avertie par courriel, avec l’adresse à laquelle écrire" in asked.text
    assert "Le contrat n’est plus associé à ce compte." in gone.text
    assert await customer.contracts() == []
    assert [action for action in await audited(contracts, agent) if "linked" in action] == [
        "contract_linked",
        "contract_unlinked",
    ]


async def test_pressed_twice_it_has_come_to_what_was_wanted(contracts: Contracts, agent: Colleague) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    link = page_of(contract, f"/links/{customer.account_id}")
    csrf = (await agent.browser.visit(link)).hidden("csrf")

    for path, said in ((link, "linked"), (f"{link}/dissociate", "dissociated")):
        for _ in range(2):
            answer = await agent.browser.request("POST", path, data={"csrf": csrf})
            assert answer.headers["location"] == f"/contracts?account={customer.account_id}&done={said}"
    facts = await contracts.query("select type from outbox where aggregateid = $1 order by seq", contract["id"])
    assert [row["type"].split(".")[2] for row in facts] == [
        "contract_registered",
        "contract_linked",
        "contract_unlinked",
    ]


async def test_a_closed_account_is_given_no_contract_and_gets_no_mail(contracts: Contracts, agent: Colleague) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    had = await contracts.linked(customer)
    await contracts.query("update accounts set closed = true where id = $1", customer.account_id)

    tab = await agent.browser.visit(tab_of(customer))
    assert "Fermé" in tab.text
    assert "Ce compte est fermé\u202f; aucun contrat ne s’y associe." in tab.text
    assert (await agent.browser.visit(page_of(contract, f"/links/{customer.account_id}"))).status == 409
    asked = await agent.browser.visit(page_of(had, f"/links/{customer.account_id}/dissociate"))
    assert "aucun courriel ne part" in asked.text


async def test_a_contract_is_registered(contracts: Contracts) -> None:
    agent, number = contracts.colleague("agent", "ecocito"), uuid4().hex
    page = await agent.browser.submit("/contracts/new", number=f" {number} ", label="Maison", city="Guéret")

    assert page.headings[0] == "Maison"
    assert "Le contrat est enregistré." in page.text
    (row,) = await contracts.query("select portal, number from contracts where number = $1", number)
    assert row["portal"] == "ecocito"

    again = await agent.browser.submit("/contracts/new", number=number, label="a\u0007b", street="x" * 201)
    assert (again.status, again.links["Trop long"]) == (422, "#street")
    taken = await agent.browser.submit("/contracts/new", number=number)
    assert (taken.status, taken.links["Ce numéro est déjà celui d’un autre contrat"]) == (409, "#number")
    assert [field.value for field in taken.inputs if field.name == "number"] == [number]


async def test_where_a_contract_can_be_registered_only_portals_that_link_are_offered(
    contracts: Contracts, agent: Colleague
) -> None:
    choice = await agent.browser.visit("/contracts/new")

    assert {"/contracts/new?portal=ecocito", "/contracts/new?portal=default"} <= set(choice.links.values())
    assert "/contracts/new?portal=egec" not in choice.links.values()
    for portal in ("egec", "nowhere"):
        assert (await agent.browser.visit(f"/contracts/new?portal={portal}")).status == 404
    limited = contracts.colleague("agent", "default", "egec")
    assert (await limited.browser.visit("/contracts/new?portal=ecocito")).status == 404
    assert (await limited.browser.visit("/contracts/new")).headings[0].startswith("Enregistrer un contrat sur")


async def test_requests_that_wait_come_first_page_by_page(contracts: Contracts) -> None:
    agent, beginning = contracts.colleague("agent", "ecocito"), uuid4().hex[:8]
    made = [await contracts.contract(number=f"{beginning}-{number:02}", label="") for number in range(55)]
    for number, contract in enumerate(made):
        await (contracts.request(contract) if number % 2 else contracts.issue(contract))

    pages, path = [], "/key-requests"
    while path and sum(len(re.findall(rf"{beginning}-\d\d", page.text)) for page in pages) < len(made):
        pages.append(await agent.browser.visit(path))
        path = pages[-1].links.get("Suite de la liste", "")
    listed = [number for page in pages for number in re.findall(rf"{beginning}-\d\d", page.text)]

    waiting, issued = ([one["number"] for one in reversed(made[start::2])] for start in (1, 0))
    assert listed == [*waiting, *issued]


@pytest.mark.parametrize("role", ["agent", "supervisor", "auditor"])
async def test_a_role_reads_what_it_may_and_writes_what_it_may(contracts: Contracts, role: Role) -> None:
    colleague, customer, contract = contracts.colleague(role), await contracts.customer(), await contracts.contract()
    issued, held = await contracts.issue(contract), await contracts.linked(customer)
    request_id = await contracts.request(contract)
    reads = ["/contracts?q=x", page_of(contract), tab_of(customer), "/key-requests"]
    writes = [
        "/contracts/new?portal=ecocito",
        page_of(contract, "/key-request"),
        page_of(contract, f"/key?request={request_id}"),
        page_of(contract, f"/keys/{issued['key_id']}/revoke"),
        page_of(contract, f"/links/{customer.account_id}"),
        page_of(held, f"/links/{customer.account_id}/dissociate"),
    ]
    may = role != "auditor"

    assert {(await colleague.browser.visit(path)).status for path in reads} == {200}
    assert {(await colleague.browser.visit(path)).status for path in writes} == {200 if may else 403}
    csrf = (await colleague.browser.visit("/key-requests")).hidden("csrf")
    if not may:
        posted = [await colleague.browser.request("POST", path, data={"csrf": csrf}) for path in writes]
        assert {answer.status_code for answer in posted} == {403}
        refused = await audited(contracts, colleague)
        assert refused.count("call_refused") == 2 * len(writes)
        for page in [await colleague.browser.visit(path) for path in reads]:
            assert not set(page.links) & {
                "Émettre la clé",
                "Révoquer",
                "Dissocier",
                "Associer",
                "Enregistrer un contrat",
            }


async def test_another_portals_contracts_and_people_do_not_exist(contracts: Contracts) -> None:
    colleague = contracts.colleague("supervisor", "default")
    customer, contract, own = (
        await contracts.customer(),
        await contracts.contract(),
        await contracts.contract("default"),
    )
    issued, held = await contracts.issue(contract), await contracts.linked(customer)
    request_id = await contracts.request(contract)
    csrf = (await colleague.browser.visit("/key-requests")).hidden("csrf")
    paths = [
        page_of(contract),
        tab_of(customer),
        page_of(contract, "/key-request"),
        page_of(contract, f"/key?request={request_id}"),
        page_of(contract, f"/keys/{issued['key_id']}/revoke"),
        page_of(contract, f"/links/{customer.account_id}"),
        page_of(held, f"/links/{customer.account_id}/dissociate"),
        page_of(own, f"/links/{customer.account_id}"),
    ]
    shown = [await colleague.browser.get(path) for path in paths]
    sent = [
        await colleague.browser.request(
            "POST", path, data={"csrf": csrf, "identity_checked": "yes", "address_checked": "yes"}
        )
        for path in paths
        if "?account=" not in path and path != page_of(contract)
    ]
    unknown = await colleague.browser.get(page_of({"id": new_id()}))

    assert {answer.status_code for answer in (*shown, *sent)} == {404}
    assert shown[0].text == unknown.text
    assert contract["number"] not in (await colleague.browser.visit("/key-requests")).text
    assert (await colleague.browser.visit(f"/contracts?q={contract['number']}")).text.count(contract["number"]) == 1
    assert [one["id"] for one in await customer.contracts()] == [held["id"]]
    assert (await audited(contracts, colleague)).count("call_refused") == len(shown) + len(sent)


async def test_where_a_portal_links_none_there_is_nothing_to_press(contracts: Contracts, agent: Colleague) -> None:
    contract = await contracts.contract("egec")
    page = await agent.browser.visit(page_of(contract))

    assert page.buttons.count("Noter une demande de clé") == 0
    assert "Noter une demande de clé" not in page.text
    assert (await agent.browser.visit(page_of(contract, "/key-request"))).status == 403
    assert (await agent.browser.visit(page_of(contract, f"/key?request={uuid4()}"))).status == 403
    csrf = (await agent.browser.visit("/key-requests")).hidden("csrf")
    fields = {"csrf": csrf, "identity_checked": "yes", "address_checked": "yes"}
    assert (await agent.browser.request("POST", page_of(contract, "/key-request"), data=fields)).status_code == 403


async def test_a_form_is_taken_with_its_own_token_alone(contracts: Contracts, agent: Colleague) -> None:
    customer, contract = await contracts.customer(), await contracts.contract()
    issued, request_id = await contracts.issue(contract), await contracts.request(contract)
    for path in (
        "/contracts/new?portal=ecocito",
        page_of(contract, "/key-request"),
        page_of(contract, f"/key?request={request_id}"),
        page_of(contract, f"/keys/{issued['key_id']}/revoke"),
        page_of(contract, f"/links/{customer.account_id}"),
        page_of(contract, f"/links/{customer.account_id}/dissociate"),
    ):
        for headers in ({}, {"sec-fetch-site": "cross-site"}):
            fields = {"number": uuid4().hex, "identity_checked": "yes", "address_checked": "yes"}
            answer = await agent.browser.request("POST", path, data=fields, headers=headers)
            assert answer.status_code == 403, path

    assert (await customer.offer(issued["key"])).status_code == 201


async def test_whoever_is_not_signed_in_is_led_to_the_desks_door(contracts: Contracts) -> None:
    stranger = type(contracts.colleague().browser)(contracts.http, "desk.localhost")
    answer = await stranger.get("/contracts?q=23")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fcontracts%3Fq%3D23")


async def test_an_account_nothing_was_heard_of_is_none_and_one_without_a_name_is_shown_without(
    contracts: Contracts, agent: Colleague
) -> None:
    early = await contracts.customer(known=False)
    assert (await agent.browser.visit(tab_of(early))).status == 404

    await contracts.linked(early)
    assert (await agent.browser.visit(tab_of(early))).headings[0] == "Compte encore sans nom"


async def test_what_things_are_called_is_shown_as_it_is(contracts: Contracts, agent: Colleague) -> None:
    label = "<script>alert('{{7*7}}')</script>"
    contract = await contracts.contract(label=label, number=f"{uuid4().hex} & \"'`$(id)")
    path = await noted(agent, contract)

    for shown in (page_of(contract), path, "/key-requests"):
        answer = await agent.browser.get(shown)
        assert "<script>alert" not in answer.text
        assert label in (await agent.browser.visit(shown)).text
