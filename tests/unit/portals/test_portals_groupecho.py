"""Groupecho says what its document says, letter by letter; and in our own French, like a careful writer."""

import csv
import re

import pytest

from shared.ids import Language
from shared.portals import load_portals
from shared.portals.check_mail import Reading
from shared.portals.kinds import KINDS, needed
from shared.web.words import Words
from tests.support.portals import DELIVERED
from tests.unit.portals.test_portals_egec import CARELESS

FR, EN = Language("fr"), Language("en")
GROUPECHO = load_portals(DELIVERED).by_name("groupecho")

RECEIVED = "J'ai reçu mon code d'utilisateur -- COMMENT OBTENIR MON MOT DE PASSE?"
SHARED = (
    "Si vous avez une adresse courriel partagée, nous recommandons de ne pas demander votre mot de passe par courriel "
    "puisque ceci compromet la SÉCURITÉ. Veuillez communiquer avec le service à la clientèle pour l'obtenir "
    "verbalement."
)
REMINDER = f"RAPPEL : {SHARED}"
CHANGING = (
    "Pour des raisons de sécurité, il n'est pas possible de changer les mots de passe en ligne. Communiquez avec le "
    "service à la clientèle pour assistance."
)
CLICK = "Cliquez sur un des services auxquels vous êtes abonné(e)."
MAILS = "N'oubliez pas de consulter vos courriels!"
STEPS = [
    CLICK,
    "Consulter ou commander une des options et une page d'authentification apparaîtra.",
    "Inscrivez votre code d'utilisateur dans le champ approprié",
    "AJOUTER un dans la boîte Envoyez-moi mon mot de passe par courriel SVP",
    "Cliquez sur ENTRER",
    MAILS,
]
HINTS = [
    "LA CASSE que vous utilisez doit être la bonne (majuscules et minuscules)",
    "Vérifiez que tous les symboles contenus dans votre mot de passe sont utilisés",
    "Utilisez les touches numériques situées à la droite de votre clavier d'ordinateur",
    "N'utilisez pas la barre d'espacement avant ou après le code d'utilisateur ou le mot de passe.",
]

QUOTED = {
    "announcement.title": "ÉCHOFLASH:",
    "announcement.text": "Du nouveau chez Groupecho! Notre dernier avis est maintenant disponible en ligne. Veuillez "
    "accéder au module de collection pour connaître les avantages à utiliser cet outil de recouvrement.",
    "search.box": "Recherche sur ce site",
    "search.submit": "OK",
    "home.question": RECEIVED,
    "services.intro": CLICK,
    "services.open": "Consulter ou commander",
    "sign_in.title": "ACCÈS AU SITE INTERNET",
    "sign_in.identifier": "Entrez votre code d'utilisateur",
    "sign_in.password": "Entrez votre mot de passe",
    "sign_in.send": "Envoyez-moi mon mot de passe par courriel SVP",
    "sign_in.submit": "ENTRER",
    "sign_in.sent": MAILS,
    "sign_in.reminder": REMINDER,
    "sign_in.client": "Pour devenir un client, contactez-nous",
    "error.registration_not_offered": "Pour devenir un client, contactez-nous",
    "error.password_change_not_offered": CHANGING,
    "account.password_hint": CHANGING,
    "help.title": "ACCÈS AU SITE INTERNET",
}

QUESTIONS = {
    RECEIVED: [*STEPS, SHARED],
    "Je viens d'obtenir mon code d'utilisateur et mot de passe, pouvez-vous m'aider à naviguer sur votre site?": [
        "Vous trouverez tous les renseignements requis en CONSULTANT notre guide de navigation à l'adresse suivante : "
        "http://www.groupecho.com"
    ],
    "Puis-je CHANGER mon mot de passe en ligne?": [CHANGING],
    "Comment puis-je me procurer des codes d'utilisateur pour des nouveaux employés?": [
        "La personne-ressource inscrite à votre dossier-client de Groupecho doit faire parvenir sa demande par "
        "courriel au service à la clientèle en mentionnant le nom complet ainsi que l'adresse courriel de chacun des "
        "nouveaux usagers."
    ],
    "J'ai perdu mon code d'utilisateur -- QUE DOIS-JE FAIRE?": [
        "COMMUNIQUEZ avec le service à la clientèle, il vous sera envoyé par courriel.",
        "Ensuite, refaire les démarches pour obtenir votre mot de passe:",
        *STEPS,
        REMINDER,
    ],
    "Mon code d'utilisateur ou mon mot de passe ne fonctionne pas -- QUE DOIS-JE FAIRE?": HINTS,
}


@pytest.mark.parametrize(("key", "quoted"), QUOTED.items())
def test_pages_quote_the_document(key: str, quoted: str) -> None:
    assert Words(GROUPECHO, FR).text(key) == quoted


def test_s2_11_the_four_hints_are_the_documents() -> None:
    assert [*GROUPECHO.texts.lines("sign_in.hints", FR)] == HINTS


def test_the_help_page_has_the_documents_questions_and_answers_in_its_order() -> None:
    topics = GROUPECHO.texts.parts("help.topics")
    asked = topics[: len(QUESTIONS)]
    assert [GROUPECHO.texts.text(f"{topic}.title", FR) for topic in asked] == list(QUESTIONS)
    assert [[*GROUPECHO.texts.lines(f"{topic}.lines", FR)] for topic in asked] == list(QUESTIONS.values())
    own = {topic.rpartition(".")[2] for topic in topics[len(QUESTIONS) :]}
    assert own == {"mail_missing", "contact"}, "nothing of what only the extended portal offers"


def own_french() -> list[str]:
    folder = DELIVERED / "groupecho"
    files = [folder / "texts.fr.yaml", *folder.glob("mails/*.fr.*")]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if "# document" not in line]
    own = [line for line in lines if not line.lstrip().startswith("#")]
    values = r"<[^>]*>|\{\{.*?\}\}\S*|\{%.*?%\}|https?:\S+|^\s*(- )?(\w+:)? *|&\w+;"
    return [re.sub(r"(^| +)# .*$", "", re.sub(values, "", line)) for line in own]


@pytest.mark.parametrize("rule", CARELESS)
def test_our_own_french_is_set_with_care(rule: str) -> None:
    assert [line for line in own_french() if CARELESS[rule].search(line)] == []


@pytest.mark.parametrize("language", [FR, EN])
@pytest.mark.parametrize("mail", sorted(needed(GROUPECHO.policy)))
def test_text_and_html_say_the_same_and_no_subject_a_secret(mail: str, language: Language) -> None:
    rendered = GROUPECHO.mails.render(mail, language, KINDS[mail].given)

    fragment = rendered.html.partition("<body")[2].partition(">")[2]
    assert Reading(fragment).words.split() == rendered.text.split()
    assert not any(KINDS[mail].given[name] in rendered.subject for name in KINDS[mail].secret)
    assert "service.clientele@exemple.fr" in rendered.text


def test_s2_1_the_code_and_the_password_are_in_mails_of_their_own() -> None:
    values = {"name": "Camille Exemple", "identifier": "Achat2024", "password": "fG69a*6jH"}
    password, code = (
        f"{mail.subject}{mail.text}{mail.html}"
        for mail in (GROUPECHO.mails.render(name, FR, values) for name in ("password_regenerated", "code_requested"))
    )

    assert "fG69a*6jH" in password
    assert "Achat2024" not in password
    assert "Achat2024" in code
    assert "fG69a*6jH" not in code


def test_what_staff_check_before_they_say_a_password_is_in_words() -> None:
    release = GROUPECHO.policy.verbal_release
    assert release
    assert all(f"verbal_release.checks.{check}" in GROUPECHO.texts for check in release.checks)


def test_the_demonstrations_customers_are_obviously_samples() -> None:
    with (DELIVERED / "groupecho" / "demo" / "accounts.csv").open(encoding="utf-8") as file:
        customers = list(csv.DictReader(file))

    assert all(customer["email"].endswith("@example.org") for customer in customers)
    assert all(GROUPECHO.policy.identifier.accepts(customer["identifier"]) for customer in customers)
    assert {customer["contact_person"] for customer in customers} == {"true", "false"}
    assert {customer["shared_mailbox"] for customer in customers} == {"true", "false"}
    assert {name for customer in customers for name in customer["services"].split("|")} == set(GROUPECHO.services)
