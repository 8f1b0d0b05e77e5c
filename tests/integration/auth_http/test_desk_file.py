"""What the desk's pages write into the customer file: details corrected, accounts opened."""

from uuid import uuid4

import pytest

from tests.integration.auth_http.conftest import Auth
from tests.integration.auth_http.desk_people import path
from tests.support.colleague import Colleague


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
