"""The desk's pages about people: who is on the telephone, how their account stands, what can be done for them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from services.auth.domain.staff import Role
from tests.integration.auth_http.conftest import Auth
from tests.support.colleague import Colleague, new_colleague
from tests.support.customer_portal import Customer
from tests.support.page import Page

ACTIONS = ("/activation", "/verbal-release", "/mailbox", "/details", "/close", "/reopen")

Hire = Callable[..., Awaitable[Colleague]]


@pytest.fixture(scope="module")
def hire(auth: Auth) -> Hire:
    async def signed_in(role: Role = "agent", *portals: str) -> Colleague:
        keys = Path(auth.service.environment["GUICHET_TOKEN_KEYS_FILE"])
        colleague = await new_colleague(auth.http, auth.database.url, keys, role, *portals)
        assert (await colleague.sign_in()).status_code == 201
        return colleague

    return signed_in


@pytest_asyncio.fixture(scope="module")
async def agent(hire: Hire) -> Colleague:
    return await hire()


async def path(auth: Auth, customer: Customer, portal: str = "egec") -> str:
    return f"/accounts/{await auth.desk.account_id(portal, customer.identifier)}"


async def met(auth: Auth, agent: Colleague, customer: Customer, portal: str = "egec") -> Page:
    return await agent.browser.visit(await path(auth, customer, portal))


async def shares(auth: Auth, customer: Customer, *, shared: bool = True, portal: str = "egec") -> None:
    answer = await auth.desk.request("PUT", f"{portal}/mailboxes/{customer.email}/shared", json={"shared": shared})
    assert answer.status_code == 204, answer.text


async def last_audited(auth: Auth) -> dict[str, object]:
    return dict(
        (await auth.query("select action, portal, account_id, details from audit order by seq desc limit 1"))[0]
    )


async def test_exactly_one_hit_leads_straight_to_the_person(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    for sought in (customer.identifier, customer.email.upper(), f" {customer.identifier}\u00a0"):
        answer = await agent.browser.get("/accounts", params={"q": sought})
        assert (answer.status_code, answer.headers["location"]) == (303, await path(auth, customer))


async def test_several_are_listed_with_what_tells_them_apart(auth: Auth, agent: Colleague) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    for number, portal in enumerate(("egec", "ecocito", "groupecho")):
        given = {"name": f"Camille {name}", "email": f"{name}.{number}@example.org"}
        assert (await auth.desk.request("POST", f"{portal}/accounts", json=given)).status_code == 201
    page = await agent.browser.visit(f"/accounts?q={name[:6].lower()}")

    assert page.text.count(f"Camille {name}") == 3
    for told in ("eGEC", "Ecocito", "Groupecho", f"{name}.1@example.org"):
        assert told in page.text
    assert "Jamais activé" in page.text
    assert page.links["Chercher la même chose parmi les contrats"] == f"/contracts?q={name[:6].lower()}"


async def test_who_signed_in_once_is_not_called_never_activated(auth: Auth, agent: Colleague) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    first, second = [await auth.customer_with("fG69a*6jH") for _ in range(2)]
    for customer in (first, second):
        account = (await path(auth, customer)).removeprefix("/accounts/")
        await auth.desk.request("PATCH", f"egec/accounts/{account}", json={"name": name})
    answer = await auth.browser().post("/api/v1/sessions", {"login": first.identifier, "password": "fG69a*6jH"})
    assert answer.status_code == 201
    page = await agent.browser.visit(f"/accounts?q={name}")

    assert page.text.count("Jamais activé") == 1


async def test_a_search_is_audited_once_for_all_portals_and_without_what_was_sought(
    auth: Auth, agent: Colleague
) -> None:
    before = await auth.count("audit")
    await agent.browser.visit("/accounts?q=nobody-of-this-name")

    assert await auth.count("audit") == before + 1
    entry = await last_audited(auth)
    assert (entry["action"], entry["portal"], entry["details"]) == ("accounts_searched", "desk", '{"shown": 0}')


async def test_whoever_looks_for_nobody_is_shown_nobody(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    before = await auth.count("audit")
    for nothing in ("/accounts", "/accounts?q=%20"):
        assert customer.email not in (await agent.browser.visit(nothing)).text
    assert await auth.count("audit") == before


async def test_a_long_list_goes_on_by_a_cursor(auth: Auth, agent: Colleague) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    given = [{"name": f"{name} {number:02}", "email": ""} for number in range(53)]
    await asyncio.gather(*(auth.desk.request("POST", "egec/accounts", json=each) for each in given))
    first = await agent.browser.visit(f"/accounts?q={name}")
    second = await agent.browser.visit(first.links["Suite de la liste"])
    names = [{text for text in page.links if text.startswith(name)} for page in (first, second)]

    assert [len(each) for each in names] == [50, 3]
    assert names[0].isdisjoint(names[1])
    assert "Suite de la liste" not in second.links


async def test_the_page_of_a_person_says_how_the_account_stands(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer_with("fG69a*6jH")
    page = await met(auth, agent, customer)

    assert page.headings[0] == customer.name
    for told in (customer.identifier, customer.email, "eGEC", "Français", "Généré, pas encore utilisé", "Jamais"):
        assert told in page.text
    await auth.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})
    page = await met(auth, agent, customer)
    assert "Généré, utilisé" in page.text
    assert "Dernière connexion aujourd’hui à" in page.text


async def test_did_my_mail_leave_is_two_clicks_from_the_search(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    page = await agent.browser.visit(f"/accounts?q={customer.identifier}")

    assert page.links["Courriels"] == f"/timelines/{(await path(auth, customer)).removeprefix('/accounts/')}"


async def test_contracts_are_a_tab_only_where_the_portal_links(auth: Auth, agent: Colleague) -> None:
    assert "Contrats" not in (await met(auth, agent, await auth.customer())).links
    assert "Contrats" in (await met(auth, agent, await auth.customer("ecocito"), "ecocito")).links


async def test_the_log_is_a_tab_for_those_who_may_read_it(auth: Auth, agent: Colleague, hire: Hire) -> None:
    customer = await auth.customer()

    assert "Journal" not in (await met(auth, agent, customer)).links
    page = await met(auth, await hire("auditor"), customer)
    assert page.links["Journal"].startswith("/audit/auth?account=")
    assert page.buttons == ["Chercher", "Se déconnecter"], "an auditor acts on nobody"


async def test_refused_requests_are_told_too(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    await shares(auth, customer)
    assert (await auth.browser().post("/api/v1/activations", {"email": customer.email})).status_code == 202
    page = await met(auth, agent, customer)

    assert "Nouveau mot de passe ou lien Sur le portail, sans connexion · 198." in page.text
    assert "Refusé\u00a0: boîte partagée" in page.text


async def test_requests_that_came_too_often_are_one_line(auth: Auth, agent: Colleague) -> None:
    customer, browser = await auth.customer(), auth.browser()
    answers = [await browser.post("/api/v1/activations", {"email": customer.email}) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 3
    page = await met(auth, agent, customer)

    assert page.text.count("Refusé\u00a0: trop de demandes") == 1
    assert page.text.count("Nouveau mot de passe par courriel") == 1
    assert page.text.index("3 fois de suite") < page.text.index("5 fois de suite")


async def test_a_request_by_an_address_of_several_is_told_of_each(auth: Auth, agent: Colleague) -> None:
    first = await auth.customer()
    answer = await auth.desk.request("POST", "egec/accounts", json={"name": "Dominique", "email": first.email})
    await auth.browser().post("/api/v1/activations", {"email": first.email})

    for page in (await met(auth, agent, first), await agent.browser.visit(f"/accounts/{answer.json()['id']}")):
        assert "plusieurs comptes à cette adresse" in page.text
        assert "Autres comptes à cette adresse\u00a0: 1" in page.links


async def test_what_waits_to_be_published_is_said_since_when(auth: Auth, agent: Colleague, hire: Hire) -> None:
    customer = await auth.customer()

    assert "elles attendent depuis aujourd’hui à" in (await met(auth, agent, customer)).text
    account = (await path(auth, customer)).removeprefix("/accounts/")
    await auth.query("update outbox set occurred_at = '2020-01-01 12:00Z' where aggregateid = $1", account)
    home = await (await hire("supervisor")).browser.visit("/")
    assert home.links[customer.name] == f"/accounts/{account}"
    assert "depuis le 1ᵉʳ janvier 2020" in home.text
    assert customer.name not in (await agent.browser.visit("/")).text
    await auth.query("delete from outbox where aggregateid = $1", account)
    assert "attendent depuis" not in (await met(auth, agent, customer)).text


async def test_a_new_password_is_mailed_and_seen_by_nobody_here(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    page = await agent.browser.submit(f"{await path(auth, customer)}/activation")

    assert page.status == 200
    assert f"Un nouveau mot de passe part à {customer.email}" in page.text
    assert "envoyé par l’accueil Sacha Exemple" in page.text


async def test_where_people_choose_their_passwords_a_link_is_mailed(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer("ecocito")
    page = await agent.browser.submit(f"{await path(auth, customer, 'ecocito')}/activation")

    assert "Un lien pour choisir un mot de passe part à" in page.text


async def test_a_shared_mailbox_gets_none_and_the_page_says_why(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    await shares(auth, customer)
    page = await met(auth, agent, customer)
    assert "Envoyer un nouveau mot de passe" not in page.buttons
    assert "aucun mot de passe n’y est envoyé" in page.text

    page = await agent.browser.submit(f"{await path(auth, customer)}/activation")
    assert page.status == 409
    assert "Cette adresse est une boîte partagée\u202f; aucun mot de passe n’y est envoyé" in page.text
    assert "Refusé\u00a0: boîte partagée" in page.text


async def test_a_mailbox_is_flagged_and_unflagged_after_one_more_question(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    there = f"{await path(auth, customer)}/mailbox"
    asked = await agent.browser.visit(there)
    assert "ne valent plus rien" in asked.text

    page = await agent.browser.submit(there, mailbox=asked.hidden("mailbox"))
    assert f"L’adresse {customer.email} est une boîte partagée" in page.text
    again = await agent.browser.submit(there, mailbox=asked.hidden("mailbox"))
    assert f"L’adresse {customer.email} est une boîte partagée" in again.text, "sent twice, it says the same twice"
    page = await agent.browser.submit(there, mailbox=(await agent.browser.visit(there)).hidden("mailbox"))
    assert f"L’adresse {customer.email} n’est plus une boîte partagée" in page.text


def spelled(page: Page) -> str:
    """The password, from what is shown under each of its characters."""
    said = "majuscule|minuscule|chiffre|étoile|plus|tiret|égal|point d’interrogation|dièse|pour cent|arobase"
    return "".join(re.findall(rf"(\S) (?:{said})(?= )", page.text))


CHECKED = {"check-full_name": "yes", "check-company": "yes", "check-called_back": "yes"}


async def test_a_password_is_said_on_the_telephone_once_all_was_checked(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer("groupecho")
    there = f"{await path(auth, customer, 'groupecho')}/verbal-release"
    form = await agent.browser.visit(there)
    assert [field.name for field in form.inputs if field.kind == "checkbox"] == list(CHECKED)
    assert "Elle a été rappelée au numéro inscrit au dossier-client." in form.text

    part = await agent.browser.submit(there, **{"check-full_name": "yes"})
    assert (part.status, part.headings[0]) == (422, "Il manque des vérifications")
    assert "#check-company" in part.links.values()
    page = await agent.browser.submit(there, **CHECKED)
    password = spelled(page)
    assert (page.status, len(password)) == (200, 9)
    assert "À utiliser avant aujourd’hui à" in page.text
    credentials = {"login": customer.identifier, "password": password}
    assert (await auth.browser("groupecho.localhost").post("/api/v1/sessions", credentials)).status_code == 201
    told = (await met(auth, agent, customer, "groupecho")).text
    assert "Mot de passe dit au téléphone Sacha Exemple" in told
    assert "vérifications incomplètes" in told
    assert password not in told


async def test_only_so_many_are_said_a_day(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer("groupecho")
    there = f"{await path(auth, customer, 'groupecho')}/verbal-release"
    pages = [await agent.browser.submit(there, **CHECKED) for _ in range(4)]

    assert [page.status for page in pages] == [200, 200, 200, 429]
    assert "Trop de tentatives" in pages[-1].text


async def test_where_no_password_is_said_nothing_leads_there(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    assert "Dire un mot de passe au téléphone" not in (await met(auth, agent, customer)).links
    page = await agent.browser.visit(f"{await path(auth, customer)}/verbal-release")
    assert (page.status, page.headings) == (403, ["Sur ce portail, aucun mot de passe n’est dit au téléphone"])


async def test_an_account_is_closed_and_opened_again(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer_with("fG69a*6jH")
    credentials = {"login": customer.identifier, "password": "fG69a*6jH"}
    there = await path(auth, customer)
    assert (await auth.browser().post("/api/v1/sessions", credentials)).status_code == 201

    assert "Fermer le compte de" in (await agent.browser.visit(f"{there}/close")).headings[0]
    page = await agent.browser.submit(f"{there}/close")
    assert "Le compte est fermé" in page.text
    assert "Compte fermé Sacha Exemple" in page.text
    assert page.buttons == ["Chercher", "Se déconnecter"], "no password for a closed account"
    assert (await auth.browser().post("/api/v1/sessions", credentials)).status_code == 401
    refused = await agent.browser.submit(f"{there}/activation")
    assert (refused.status, "Ce compte est fermé" in refused.text) == (409, True)

    page = await agent.browser.submit(f"{there}/reopen")
    assert "Le compte est de nouveau ouvert" in page.text
    assert (await auth.browser().post("/api/v1/sessions", credentials)).status_code == 201


async def test_details_are_corrected_and_the_identifier_is_not_among_them(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    there = f"{await path(auth, customer)}/details"
    form = await agent.browser.visit(there)
    assert {field.name for field in form.inputs} == {"q", "title", "name", "email"}
    kept = {"title": customer.title, "name": customer.name, "language": "fr"}

    wrong = await agent.browser.submit(there, **kept, email="nobody")
    assert (wrong.status, wrong.headings[0]) == (422, "Il y a un problème")
    assert "N’est pas une adresse de courriel" in wrong.links
    page = await agent.browser.submit(there, **{**kept, "language": "en"}, email=f"new.{customer.email}")
    assert "Le dossier est corrigé." in page.text
    assert f"new.{customer.email}" in page.text
    assert "English" in page.text
    entries = await auth.query("select details from audit where action = 'account_corrected' order by seq desc limit 1")
    assert entries[0]["details"] == '{"fields": ["email", "language"]}'
    page = await agent.browser.submit(there, **{**kept, "language": "en"}, email=f"new.{customer.email}")
    assert "Rien n’était à corriger." in page.text


async def test_services_and_the_contact_person_are_boxes_to_tick(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer("groupecho")
    there = f"{await path(auth, customer, 'groupecho')}/details"
    kept = {"title": customer.title, "name": customer.name, "language": "fr", "email": customer.email}
    page = await agent.browser.submit(there, **kept, **{"contact_person": "yes", "service-catalogue": "yes"})

    assert "Personne-ressource Oui" in page.text
    assert "Services Catalogue" in page.text
    page = await agent.browser.submit(there, **kept)
    assert "Personne-ressource Non" in page.text
    assert "Services –" in page.text


async def test_no_form_of_the_desk_takes_a_password_for_a_customer(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    there = f"{await path(auth, customer)}/details"
    kept = {"title": "", "name": customer.name, "language": "fr", "email": customer.email}

    assert (await agent.browser.submit(there, **kept, password="fG69a*6jH")).status == 422
    assert (await agent.browser.submit("/accounts/new?portal=egec", name="A", password="fG69a*6jH")).status == 422


async def test_an_account_is_opened_on_the_portal_that_is_chosen(auth: Auth, agent: Colleague) -> None:
    choice = await agent.browser.visit("/accounts/new")
    assert choice.links["Groupecho"] == "/accounts/new?portal=groupecho"
    address = f"{uuid4().hex}@example.org"
    page = await agent.browser.submit(
        choice.links["Groupecho"], identifier="", title="Mme", name="Dominique Exemple", email=address, language="fr"
    )

    assert page.headings[0] == "Dominique Exemple"
    assert "Aucun courriel n’est parti." in page.text
    assert address in page.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"identifier": "x"}, "N’est pas un identifiant de ce portail"),
        ({"name": ""}, "À remplir"),
        ({"email": "", "shared_mailbox": "yes"}, "Ce compte n’a pas d’adresse de courriel"),
    ],
)
async def test_what_cannot_be_opened_is_said_at_its_field(agent: Colleague, given: dict[str, str], said: str) -> None:
    fields = {"identifier": "", "title": "", "name": "Dominique", "email": "d@example.org", "language": "fr", **given}
    page = await agent.browser.submit("/accounts/new?portal=egec", **fields)

    assert page.status == 422
    assert page.links[said] == f"#{next(iter(given))}"
    assert {field.name: field.value for field in page.inputs if field.kind != "checkbox"} | {"q": ""} == {
        "q": "",
        **{name: text for name, text in fields.items() if name not in ("language", "shared_mailbox")},
    }


async def test_an_identifier_is_never_given_twice(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    fields = {"identifier": customer.identifier, "title": "", "name": "Dominique", "email": "", "language": "fr"}
    page = await agent.browser.submit("/accounts/new?portal=egec", **fields)

    assert (page.status, page.links["Cet identifiant est ou a été celui d’un autre compte"]) == (422, "#identifier")


async def test_who_is_let_in_to_one_portal_sees_and_touches_nobody_of_another(auth: Auth, hire: Hire) -> None:
    limited, customer = await hire("agent", "ecocito"), await auth.customer()
    there = await path(auth, customer)
    before = await auth.done()

    assert (await limited.browser.visit(f"/accounts?q={customer.identifier}")).status == 200
    assert customer.email not in (await limited.browser.visit(f"/accounts?q={customer.identifier}")).text
    for page in ("", *ACTIONS):
        assert (await limited.browser.visit(there + page)).status == 404
    csrf = limited.browser.cookies["__Host-csrf"]
    for page in ACTIONS:
        answer = await limited.browser.request("POST", there + page, data={"csrf": csrf})
        assert answer.status_code == 404
    assert (await limited.browser.visit("/accounts/new?portal=egec")).status == 404
    assert (await limited.browser.visit("/accounts/new")).fields, "the only portal there is to choose"
    assert await auth.done() == before


async def test_an_auditor_changes_nothing(auth: Auth, hire: Hire) -> None:
    auditor, customer = await hire("auditor"), await auth.customer()
    there = await path(auth, customer)

    for page in ACTIONS:
        assert (await auditor.browser.visit(there + page)).status == 403
    assert (await auditor.browser.visit("/accounts/new")).status == 403


async def test_a_form_without_the_token_of_this_browser_changes_nothing(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    before = await auth.done()

    for page in ACTIONS:
        answer = await agent.browser.request("POST", await path(auth, customer) + page, data={"csrf": "0" * 32})
        assert answer.status_code == 403
    assert await auth.done() == before


async def test_nobody_is_found_below_an_address_that_no_account_has(agent: Colleague) -> None:
    for nowhere in (f"/accounts/{uuid4()}", "/accounts/nobody", f"/accounts/{uuid4()}/details"):
        assert (await agent.browser.visit(nowhere)).status == 404
