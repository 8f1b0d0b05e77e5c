"""What the desk's pages do for people: passwords, codes, mailboxes, closing."""

import re
from uuid import uuid4

from tests.integration.auth_http.conftest import Auth
from tests.integration.auth_http.desk_people import met, path, share
from tests.support.colleague import Colleague
from tests.support.page import Page


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
    await share(auth, customer)
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
    return "".join(re.findall(rf"(\S) (?:{said})(?= )", page.text.partition("À utiliser")[0]))


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
    assert "À utiliser au plus tard aujourd’hui à" in page.text
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


async def test_a_lost_code_is_mailed_to_a_shared_mailbox_too(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer("groupecho")
    await share(auth, customer, "groupecho")
    page = await agent.browser.submit(f"{await path(auth, customer, 'groupecho')}/code-mail")

    assert f"L’identifiant part à {customer.email}" in page.text
    assert "Identifiant envoyé par courriel Sacha Exemple" in page.text
    nowhere = await auth.customer("ecocito")
    refused = await agent.browser.visit(f"{await path(auth, nowhere, 'ecocito')}/code-mail")
    assert refused.status == 403


async def contact_person(auth: Auth, *, asks: bool = True) -> str:
    """The path of the page where they ask for codes."""
    given = {"name": "Dominique Exemple", "email": f"{uuid4().hex}@example.org", "contact_person": asks}
    answer = await auth.desk.request("POST", "groupecho/accounts", json=given)
    return f"/accounts/{answer.json()['id']}/code-requests"


async def test_new_people_get_their_codes_when_the_contact_person_asks(auth: Auth, agent: Colleague) -> None:
    there, before = await contact_person(auth), await auth.count("accounts")
    addresses = [f"{uuid4().hex}@example.org" for _ in range(2)]
    fields = {"name-0": "Claude Exemple", "email-0": addresses[0], "name-1": "", "email-1": ""}
    page = await agent.browser.submit(there, **fields, **{"name-2": "Alix Exemple", "email-2": addresses[1]})

    assert "les codes partent" in page.text
    assert await auth.count("accounts") == before + 2
    assert "Codes demandés pour de nouvelles personnes Sacha Exemple" in page.text


async def test_a_row_more_is_asked_for_without_losing_what_was_typed(auth: Auth, agent: Colleague) -> None:
    there, before = await contact_person(auth), await auth.done()
    page = await agent.browser.submit(there, add="yes", **{"name-0": "Claude Exemple", "email-0": "c@example.org"})

    assert [field.name for field in page.inputs][-4:] == ["name-0", "email-0", "name-1", "email-1"]
    assert [field.value for field in page.inputs][-4:] == ["Claude Exemple", "c@example.org", "", ""]
    full = {f"{field}-{row}": "x" for row in range(49) for field in ("name", "email")}
    page = await agent.browser.submit(there, add="yes", **full)
    assert len([field for field in page.inputs if field.name.startswith("name-")]) == 49
    assert await auth.done() == before


async def test_an_incomplete_request_opens_nothing_and_says_what_is_missing(auth: Auth, agent: Colleague) -> None:
    there, before = await contact_person(auth), await auth.done()
    rows = {"name-0": "", "email-0": "", "name-1": "Claude", "email-1": "c@example.org", "name-2": "Alix Exemple"}
    page = await agent.browser.submit(there, **rows, **{"email-2": ""})

    assert page.status == 422
    assert page.links["Personne 1, nom\u00a0: Le nom complet est à donner\u00a0: prénom et nom"] == "#name-0"
    assert page.links["Personne 2, courriel\u00a0: À remplir"] == "#email-1"
    assert [field.value for field in page.inputs][-4:] == ["Claude", "c@example.org", "Alix Exemple", ""]
    nobody = await agent.browser.submit(there, **{"name-0": " ", "email-0": ""})
    assert (nobody.status, nobody.links["Personne 1, nom\u00a0: À remplir"]) == (422, "#name-0")
    assert await auth.done() == before


async def test_nobody_but_the_contact_person_asks(auth: Auth, agent: Colleague) -> None:
    there, before = await contact_person(auth, asks=False), await auth.done()
    assert "Demander des codes pour de nouvelles personnes" not in (await agent.browser.visit(there[:-14])).links
    assert (await agent.browser.visit(there)).status == 403
    rows = {"csrf": agent.browser.cookies["__Host-csrf"], "name-0": "Claude Exemple", "email-0": "c@example.org"}
    answer = await agent.browser.request("POST", there, data=rows)
    assert answer.status_code == 403
    assert "Seule la personne-ressource" in answer.text
    assert await auth.done() == before


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
