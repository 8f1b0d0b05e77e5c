"""Ecocito says what its document says, letter by letter; and in our own French, like a careful writer."""

import re

import pytest

from shared.ids import Language
from shared.portals import Portal, load_portals
from shared.portals.check_mail import Reading
from shared.portals.kinds import KINDS, needed
from shared.web.words import Words
from tests.support.portals import DELIVERED
from tests.unit.portals.test_portals_egec import CARELESS

FR, EN = Language("fr"), Language("en")
PORTALS = load_portals(DELIVERED)
ECOCITO = PORTALS.by_name("ecocito")

ASKING = (
    "La clé est donnée par Evolis 23. Pour l'obtenir, il faut obligatoirement en faire la demande à "
    "relationusagers@evolis23.fr en joignant une copie de sa carte d'identité et l'adresse du bien concerné."
)
NEEDING = (
    "Vous aurez besoin de la clé d'activation transmise par Evolis 23. Vous avez besoin d'une clé d'activation pour "
    "chaque compte différent géré."
)
CHOOSING = (
    "Sélectionner le compte voulu dans la liste des contrats disponibles et cliquer sur l'icone à gauche de la ligne "
    "pour accéder au compte."
)
UNLINKING = "Pour dé-associer un compte, contacter evolis 23 à relationusagers@evolis23.fr"

QUOTED = {
    "help.title": "Associer un deuxième compte à votre compte Ecocito",
    "home.register": "Ouvrir un compte Ecocito™ maintenant",
    "page.account": "Mon compte",
    "page.services": "Services disponibles",
    "page.switch_contract": "changer de contrat",
    "services.title": "Services disponibles",
    "services.link": "Associer un autre compte",
    "contracts.intro": CHOOSING,
    "contracts.unlink": UNLINKING,
    "link.title": "Associer un autre compte",
    "link.intro": NEEDING,
    "link.question": "VOUS NE CONNAISSEZ PAS VOTRE CLÉ D'ACTIVATION ?",
}

STEPS = {
    "1 SE CONNECTER À SON COMPTE": ["Se rendre sur : https://evolis23.ecocito.com", "Renseigner ses identifiants"],
    "» SI VOUS NE POSSÉDEZ PAS ENCORE DE COMPTE ECOCITO": [
        "Se rendre sur : https://evolis23.ecocito.com",
        "Cliquer sur : Ouvrir un compte Ecocito™ maintenant",
        "Et se laisser guider",
    ],
    "2 ASSOCIER UN NOUVEAU POINT DE PRODUCTION": [
        "Se rendre sur : Mon compte",
        "Dans le menu «Services disponibles», cliquer sur: Associer un autre compte",
        "Et se laisser guider",
        NEEDING,
    ],
    "» VOUS NE CONNAISSEZ PAS VOTRE CLÉ D'ACTIVATION ?": [ASKING],
    "3 | ACCÉDER À SON COMPTE ASSOCIÉ": [
        "Cliquer sur l'image de son profil en haut à droite de la fenêtre",
        "Cliquer sur «changer de contrat»",
        CHOOSING,
    ],
}


@pytest.mark.parametrize(("key", "quoted"), QUOTED.items())
def test_pages_quote_the_document(key: str, quoted: str) -> None:
    assert Words(ECOCITO, FR).text(key) == quoted


def test_s0_8_how_to_ask_for_a_key_is_the_documents_sentence() -> None:
    assert ECOCITO.texts.lines("link.answer", FR) == (ASKING,)


def test_s0_1_the_help_page_explains_the_way_step_by_step_in_the_documents_order() -> None:
    topics = ECOCITO.texts.parts("help.topics")[: len(STEPS)]
    assert [ECOCITO.texts.text(f"{topic}.title", FR) for topic in topics] == list(STEPS)
    assert [[*ECOCITO.texts.lines(f"{topic}.lines", FR)] for topic in topics] == list(STEPS.values())


def own_french() -> list[str]:
    folders = [DELIVERED / "default", DELIVERED / "ecocito"]
    files = [file for folder in folders for file in (folder / "texts.fr.yaml", *folder.glob("mails/*.fr.*"))]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if "# document" not in line]
    own = [line.split("#")[0] if line.lstrip().startswith("#") or "  # /" in line else line for line in lines]
    values = r"<[^>]*>|\{\{.*?\}\}\S*|\{%.*?%\}|https?:\S+|^\s*(- )?(\w+:)? *|&\w+;"
    return [re.sub(r" +# .*$", "", re.sub(values, "", line)) for line in own]


@pytest.mark.parametrize("rule", CARELESS)
def test_our_own_french_is_set_with_care(rule: str) -> None:
    assert [line for line in own_french() if CARELESS[rule].search(line)] == []


@pytest.mark.parametrize("portal", list(PORTALS), ids=lambda portal: portal.name)
def test_a_portal_has_the_mails_its_policy_needs(portal: Portal) -> None:
    assert needed(portal.policy) <= set(portal.mails)


@pytest.mark.parametrize("language", [FR, EN])
@pytest.mark.parametrize("mail", KINDS)
def test_text_and_html_say_the_same_and_no_subject_a_secret(mail: str, language: Language) -> None:
    rendered = ECOCITO.mails.render(mail, language, KINDS[mail].given)

    fragment = rendered.html.partition("<body")[2].partition(">")[2]
    assert Reading(fragment).words.split() == rendered.text.split()
    assert not any(KINDS[mail].given[name] in rendered.subject for name in KINDS[mail].secret)
    assert "relationusagers@evolis23.fr" in rendered.text
