"""The one automatic mail of eGEC. « … » is the memo, letter by letter, mistakes included."""

import pytest

from tests.support.customer_portal import CustomerPortal, Refused, SignedIn, new_customer
from tests.support.page import read_page

BODY = """\
M. Camille Exemple , bonjour,

Pour vous connecter à l'application (www.egec.pro), Veuillez noter les informations ci-dessous.

Votre identifiant CLIENT est: {identifier}

Votre mot-de-passe est: {password}

NOTES:

- Respectez les majuscules et minuscules.

- '0' = Zero, 'O' = Lettre O majuscule.

- Si vous effectuez un 'copier/coller', assurez-vous de ne pas avoir copié des 'espaces' devant ou derrière \
l'identifiant et le mot-de-passe .

- Si vous rencontrez des difficultés pour vous connecter, cliquez sur 'mot-de-passe oublié' (page d'authentification) \
pour générer un nouveau mot-de-passe.

- Si vous avez réceptionné plusieurs mails, prenez en compte uniquement le dernier.

Merci.

*** MESSAGE AUTOMATIQUE DU SERVEUR. NE PAS REPENDRE A CE COURRIEL ***"""

AMBIGUOUS = set("0O1Il")
SIGNS = set("*+-=?#%@")


def paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]


async def test_s1_04_only_the_address_of_the_customer_file_is_recognised(egec: CustomerPortal) -> None:
    customer = await egec.customer(email="Camille.Dossier@example.org")

    assert (await egec.ask("camille.dossier@exemple.fr")).status_code == 404
    assert (await egec.ask("camille.dossier@example.org.example.net")).status_code == 404
    mail = await egec.activate(customer)
    assert mail.caught.recipients == (customer.email,)

    assert (await egec.ask("camille.dossier@EXAMPLE.org")).status_code == 202, "case does not make another address"
    assert (await egec.mail(customer, besides={mail.caught.id})).caught.recipients == (customer.email,)


async def test_s1_08_one_automatic_mail_holds_identifier_and_password(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)

    assert mail.identifier == customer.identifier
    assert egec.catcher.messages(customer.email) == [mail.caught]
    for shown in (mail.caught.text, mail.caught.html):
        assert mail.identifier in shown
        assert mail.password in shown
    assert await egec.sign_in_as(mail.identifier, mail.password) == SignedIn(customer)


async def test_s1_09_the_identifier_never_changes(egec: CustomerPortal) -> None:
    customer = await egec.customer(identifier="0000099999")
    mails = [await egec.activate(customer) for _ in range(3)]

    assert {mail.identifier for mail in mails} == {"0000099999"}, "leading zeros kept"
    assert len({mail.password for mail in mails}) == 3


async def test_s1_09_an_identifier_is_never_used_again(egec: CustomerPortal) -> None:
    first = await egec.customer()
    opened = await egec.desk.open_account(egec.name, new_customer(identifier=first.identifier))
    assert (opened.status_code, opened.json()["code"]) == (409, "identifier_taken")

    made = await egec.desk.open_account(egec.name, new_customer(identifier=""))
    assert made.status_code == 201
    assert made.json()["identifier"].isdecimal()
    assert len(made.json()["identifier"]) == 10
    assert made.json()["identifier"] != first.identifier


async def test_s1_10_the_password_always_has_9_unmistakable_characters(egec: CustomerPortal) -> None:
    customers = await egec.customers(*({} for _ in range(6)))
    for customer in customers:
        password = (await egec.activate(customer)).password
        assert len(password) == 9
        assert any(character.isupper() for character in password)
        assert any(character.islower() for character in password)
        assert any(character.isdecimal() for character in password)
        assert any(character in SIGNS for character in password)
        assert not set(password) & AMBIGUOUS
        assert all(character.isascii() and (character.isalnum() or character in SIGNS) for character in password)


async def test_s1_11_the_mail_is_the_memos_word_for_word(egec: CustomerPortal) -> None:
    customer = await egec.customer(title="M.", name="Camille Exemple")
    mail = await egec.activate(customer)

    expected = BODY.format(identifier=mail.identifier, password=mail.password)
    assert paragraphs(mail.caught.text) == paragraphs(expected)


async def test_s1_11_the_notes_stand_in_the_html_too(egec: CustomerPortal) -> None:
    mail = await egec.activate(await egec.customer())
    shown = read_page(mail.caught.html, 200).text

    notes = [" ".join(line[2:].split()) for line in BODY.splitlines() if line.startswith("- ")]
    places = [shown.find(note) for note in notes]
    assert len(notes) == 5
    assert -1 not in places, shown
    assert places == sorted(places)


async def test_s1_13_it_ends_with_thanks_and_the_automatic_message(egec: CustomerPortal) -> None:
    mail = await egec.activate(await egec.customer())
    assert paragraphs(mail.caught.text)[-2:] == [
        "Merci.",
        "*** MESSAGE AUTOMATIQUE DU SERVEUR. NE PAS REPENDRE A CE COURRIEL ***",
    ]


async def test_the_mail_comes_from_the_portal_and_says_that_a_machine_wrote_it(egec: CustomerPortal) -> None:
    mail = await egec.activate(await egec.customer())
    message = mail.caught.message

    assert str(message["From"]) == "eGEC <ne-pas-repondre@exemple.fr>"
    assert mail.caught.sender == "retours@exemple.fr"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Message-ID"].endswith("@exemple.fr>")
    assert message["Date"]
    assert mail.password not in str(message["Subject"])


async def test_the_mail_speaks_the_customers_language(egec: CustomerPortal) -> None:
    mail = await egec.activate(await egec.customer(language="en"))
    assert "Your password is: " + mail.password in mail.caught.text
    assert mail.caught.message["Content-Language"] == "en"


@pytest.mark.parametrize("name", ["{{7*7}}", "<script>alert(1)</script>", "=?utf-8?q?Bcc=3A?=", "Zoé d'Exemple & fils"])
async def test_a_name_is_only_ever_text(egec: CustomerPortal, name: str) -> None:
    mail = await egec.activate(await egec.customer(name=name))

    assert mail.caught.text.startswith(f"M. {name} , bonjour,")
    assert "<script>alert" not in mail.caught.html
    assert len(mail.caught.recipients) == 1


async def test_another_portals_customer_is_nobody_here(egec: CustomerPortal, neutral: CustomerPortal) -> None:
    here = await egec.customer()
    mail = await egec.activate(here)
    assert await neutral.sign_in(here, mail.password) == Refused("credentials_not_recognised")
