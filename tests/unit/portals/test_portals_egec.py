"""eGEC says what its document says: word for word where it quotes, and like a careful writer where it does not."""

import csv
import re
from pathlib import Path

import pytest

from shared.ids import Language
from shared.portals import Portal
from shared.portals.check_mail import Reading
from tests.support.portals import DELIVERED

FR, EN = Language("fr"), Language("en")
VALUES = {"title": "M.", "name": "xxxxxxx", "identifier": "9999999999", "password": "fG69a*6jH", "token": "mv4xe2lo"}

DOCUMENT = """\
M. xxxxxxx , bonjour,

Pour vous connecter à l'application (www.egec.pro), Veuillez noter les informations ci-dessous.

Votre identifiant CLIENT est: 9999999999

Votre mot-de-passe est: fG69a*6jH

NOTES:

- Respectez les majuscules et minuscules.

- '0' = Zero, 'O' = Lettre O majuscule.

- Si vous effectuez un 'copier/coller', assurez-vous de ne pas avoir copié des 'espaces' devant ou derrière \
l'identifiant et le mot-de-passe .

- Si vous rencontrez des difficultés pour vous connecter, cliquez sur 'mot-de-passe oublié' (page d'authentification) \
pour générer un nouveau mot-de-passe.

- Si vous avez réceptionné plusieurs mails, prenez en compte uniquement le dernier.

Merci.

*** MESSAGE AUTOMATIQUE DU SERVEUR. NE PAS REPENDRE A CE COURRIEL ***
"""

BOLD = [
    "9999999999",
    "fG69a*6jH",
    "majuscules et minuscules",
    "pas avoir copié des 'espaces'",
    "uniquement le dernier",
]

QUOTED = {
    "home.question": "Une première connexion à l'application ou un problème de connexion ?",
    "home.activate": "identifiant, mot de passe.....",
    "activate.title": "Activation du compte",
    "activate.submit": "ENVOYER",
    "activate.again": "Recommencer l'opération, en prenant soin de saisir correctement le courriel.",
    "activate.persists": "Si le problème persiste, contacter le Service IT.",
    "activate.important": "IMPORTANT :",
    "activate.sent": "Un courriel a été envoyé dans votre b-a-l, avec des instructions.",
    "activate.sent_delay": "La réception peut atteindre 5 min. Vérifiez éventuellement dans vos SPAMs",
    "activate.sent_next": "Consulter le mail que vous venez de recevoir.",
    "sign_in.forgotten": "mot-de-passe oublié",
    "error.account_not_recognised": "Identifiant et/ou m-d-p non reconnu(s)",
    "error.credentials_not_recognised": "Identifiant et/ou m-d-p non reconnu(s)",
}

RULES = (
    "Le mot de passe sera généré * à chaque fois qu'une Activation du compte sera demandée",
    "* Le précédent mot-de-passe est remplacé par le nouveau.",
    "Respecter les consignes du courriel (majuscules/minuscules, prendre en compte le dernier mail automatique, "
    "faire attention aux « 0 » et « O », etc)",
    "Le Mot-de-passe sera toujours sur 9 caractères.",
)


def words(text: str) -> list[str]:
    return text.replace("\n- ", "\n").split()


def test_s1_11_and_s1_13_the_mail_is_the_documents_word_for_word(egec: Portal) -> None:
    assert egec.mails.render("password_regenerated", FR, VALUES).text == DOCUMENT


def test_the_html_is_bold_where_the_document_is(egec: Portal) -> None:
    html = egec.mails.render("password_regenerated", FR, VALUES).html

    assert [Reading(bold).words for bold in re.findall("<b>.*?</b>", html)] == BOLD


@pytest.mark.parametrize("language", [FR, EN])
@pytest.mark.parametrize(
    "mail",
    [
        "password_regenerated",
        "activation_matched_several",
        "code_requested",
        "address_change_requested",
        "address_changed",
    ],
)
@pytest.mark.parametrize("person", [VALUES, VALUES | {"title": ""}, VALUES | {"title": "", "name": ""}])
def test_text_and_html_say_the_same(egec: Portal, mail: str, language: Language, person: dict[str, str]) -> None:
    rendered = egec.mails.render(mail, language, person)

    fragment = rendered.html.partition("<body")[2].partition(">")[2]
    assert words(Reading(fragment).words) == words(rendered.text)


@pytest.mark.parametrize("language", [FR, EN])
def test_identifier_and_password_are_copied_without_blanks(egec: Portal, language: Language) -> None:
    rendered = egec.mails.render("password_regenerated", language, VALUES)

    assert re.findall("<code[^>]*>(.*?)</code>", rendered.html, re.DOTALL) == ["9999999999", "fG69a*6jH"]
    for secret in ("9999999999", "fG69a*6jH"):
        assert [line.split()[-1] for line in rendered.text.split("\n") if secret in line] == [secret]
        assert f" {secret}\n" in rendered.text


@pytest.mark.parametrize("language", [FR, EN])
def test_no_subject_shows_identifier_or_password(egec: Portal, language: Language) -> None:
    subject = egec.mails.render("password_regenerated", language, VALUES).subject

    assert "eGEC" in subject
    assert not any(value in subject for value in VALUES.values())


@pytest.mark.parametrize(
    ("title", "name", "greeting"),
    [
        ("M.", "xxxxxxx", "M. xxxxxxx , bonjour,"),
        ("", "xxxxxxx", "xxxxxxx , bonjour,"),
        ("M.", "", "Bonjour,"),
        ("", "", "Bonjour,"),
    ],
)
def test_the_greeting_does_without_title_or_name(egec: Portal, title: str, name: str, greeting: str) -> None:
    rendered = egec.mails.render("password_regenerated", FR, VALUES | {"title": title, "name": name})

    assert rendered.text.split("\n")[0] == greeting
    assert f"<p>{greeting}</p>" in rendered.html


def test_s1_18_the_mail_about_several_files_holds_no_secret_and_says_whom_to_contact(egec: Portal) -> None:
    rendered = egec.mails.render("activation_matched_several", FR, VALUES)

    assert "Service IT (service.it@exemple.fr)" in rendered.text
    assert not any(
        VALUES[secret] in f"{rendered}{rendered.text}{rendered.html}" for secret in ("identifier", "password")
    )


@pytest.mark.parametrize(("key", "quoted"), QUOTED.items())
def test_pages_quote_the_document(egec: Portal, key: str, quoted: str) -> None:
    assert egec.texts.text(key, FR) == quoted


def test_s1_12_the_activation_page_has_the_documents_rules(egec: Portal) -> None:
    assert egec.texts.lines("activate.rules", FR) == RULES


CARELESS = {
    "an apostrophe is ’": re.compile("'"),
    "; ! ? follow U+202F": re.compile("[^\u202f][;!?]"),
    "a colon follows U+00A0": re.compile("[^\u00a0]:( |$)"),
    "« » are set off by U+00A0": re.compile("«[^\u00a0]|[^\u00a0]»"),
}


def own_french() -> list[str]:
    """Every line of French that is not the document's, without markup and keys."""
    folder = DELIVERED / "egec"
    quoting = set(folder.glob("mails/password_regenerated.*"))
    files = [folder / "texts.fr.yaml", *(file for file in folder.glob("mails/*.fr.*") if file not in quoting)]
    lines = [line.split("#")[0] for file in files for line in file.read_text("utf-8").splitlines()]
    quoted = {*QUOTED.values(), *RULES}
    own = [line for line in lines if not any(text in line for text in quoted)]
    return [re.sub(r"<[^>]*>|\{\{.*?\}\}\S*|\{%.*?%\}|^\s*(- )?(\w+: *)?", "", line) for line in own]


@pytest.mark.parametrize("rule", CARELESS)
def test_our_own_french_is_set_with_care(rule: str) -> None:
    assert [line for line in own_french() if CARELESS[rule].search(line)] == []


def test_the_demonstrations_customers_are_obviously_samples(egec: Portal) -> None:
    with Path(DELIVERED / "egec" / "demo" / "accounts.csv").open(encoding="utf-8") as file:
        customers = list(csv.DictReader(file))

    assert all(customer["email"].endswith("@example.org") for customer in customers)
    assert all(egec.policy.identifier.accepts(customer["identifier"]) for customer in customers)
    assert len({customer["identifier"] for customer in customers}) == len(customers)
    assert any(customer["identifier"].startswith("0") for customer in customers)
    assert len({customer["email"] for customer in customers}) < len(customers), "one address on several files (S1.18)"
