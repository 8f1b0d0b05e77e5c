"""eGEC's pages, as its memo describes them: usable without a script. « … » is the memo, letter by letter."""

import pytest

from tests.support.customer_portal import CustomerPortal, SignedIn
from tests.support.page import Page

RULES = (
    "Le mot de passe sera généré * à chaque fois qu'une Activation du compte sera demandée",
    "* Le précédent mot-de-passe est remplacé par le nouveau.",
    "Respecter les consignes du courriel (majuscules/minuscules, prendre en compte le dernier mail automatique, "
    "faire attention aux « 0 » et « O », etc)",
    "Le Mot-de-passe sera toujours sur 9 caractères.",
)


def in_order(parts: tuple[str, ...], text: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


async def test_s1_01_first_connection_and_sign_in_trouble_take_the_same_way(egec: CustomerPortal) -> None:
    home = await egec.browser().visit("/")
    assert "Une première connexion à l'application ou un problème de connexion ?" in home.text
    assert "Dans les deux cas" in home.text

    customer = await egec.customer()
    for _ in ("première connexion", "problème de connexion"):
        browser = egec.browser()
        mail = await egec.activate(customer, browser=browser)
        assert await egec.sign_in(customer, mail.password, browser=browser) == SignedIn(customer)


async def test_s1_02_identification_leads_to_the_activation(egec: CustomerPortal) -> None:
    browser = egec.browser()
    home = await browser.visit("/")
    assert "Identification" in home.headings

    activation = await browser.visit(home.links["identifiant, mot de passe....."])
    assert activation.headings[0] == "Activation du compte"


async def test_s1_03_the_email_is_the_only_input_and_the_button_says_envoyer(egec: CustomerPortal) -> None:
    page = await egec.browser().visit("/activate")
    assert [(field.name, field.kind) for field in page.inputs] == [("email", "email")]
    assert page.inputs[0].label == "Votre courriel"
    assert page.buttons == ["ENVOYER"]


async def test_s1_05_success_says_a_mail_was_sent_and_how_long_it_may_take(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    page = await egec.browser().submit("/activate", email=customer.email)

    assert page.status == 200
    assert "Un courriel a été envoyé dans votre b-a-l, avec des instructions." in page.text
    assert "La réception peut atteindre 5 min. Vérifiez éventuellement dans vos SPAMs" in page.text
    assert (await egec.mail(customer)).identifier == customer.identifier


async def test_s1_06_an_unknown_address_is_told_then_try_again_then_whom_to_contact(egec: CustomerPortal) -> None:
    browser = egec.browser()
    page = await browser.submit("/activate", email="inconnu@example.org")

    assert page.status == 404
    assert_recognised_by_the_memo(page)
    assert page.title.startswith("Erreur")
    assert (page.inputs[0].name, page.inputs[0].value) == ("email", "inconnu@example.org"), "to be corrected there"

    answer = await egec.ask("inconnu@example.org")
    assert answer.status_code == 404
    assert answer.json()["code"] == "account_not_recognised"
    assert answer.json()["title"] == "Identifiant et/ou m-d-p non reconnu(s)"


@pytest.mark.parametrize("wrong", ["identifier", "password"])
async def test_s1_06_a_refused_sign_in_says_the_same(egec: CustomerPortal, wrong: str) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)
    given = {"login": mail.identifier, "password": mail.password} | {
        "login" if wrong == "identifier" else "password": "9999999998"
    }

    page = await egec.browser().submit("/sign-in", **given)

    assert page.status == 401
    assert "Identifiant et/ou m-d-p non reconnu(s)" in page.text
    assert "Service IT" in page.text
    assert mail.password not in page.text


async def test_s1_07_a_forgotten_password_leads_to_the_activation(egec: CustomerPortal) -> None:
    browser = egec.browser()
    page = await browser.visit("/sign-in")
    assert (await browser.visit(page.links["mot-de-passe oublié"])).headings[0] == "Activation du compte"


async def test_s1_12_the_activation_page_shows_the_rules_of_the_memo(egec: CustomerPortal) -> None:
    page = await egec.browser().visit("/activate")
    assert in_order(("IMPORTANT :", *RULES), page.text)


async def test_the_whole_way_works_by_pages_alone(egec: CustomerPortal) -> None:
    """First connection, mail, sign-in, account, sign-out: each a plain form."""
    customer = await egec.customer(name="Dominique Échantillon", title="Mme")
    browser = egec.browser()
    await browser.submit("/activate", email=customer.email)
    mail = await egec.mail(customer)

    account = await browser.submit("/sign-in", login=mail.identifier, password=mail.password)
    assert account.status == 200
    assert customer.identifier in account.text
    assert "Dominique Échantillon" in account.text

    await browser.request("POST", "/sign-out", data={"csrf": account.hidden("csrf")})
    assert "__Host-session" not in browser.cookies
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_the_pages_speak_english_to_those_who_choose_it(egec: CustomerPortal) -> None:
    browser = egec.browser()
    assert (await browser.visit("/activate?lang=en")).headings[0] == "Account activation"
    assert (await browser.visit("/sign-in")).language == "en", "the choice is remembered"


def assert_recognised_by_the_memo(page: Page) -> None:
    assert in_order(
        (
            "Identifiant et/ou m-d-p non reconnu(s)",
            "Recommencer l'opération, en prenant soin de saisir correctement le courriel.",
            "Si le problème persiste, contacter le Service IT.",
        ),
        page.text,
    )
