"""Every word a page asks for is there, in every language of a portal that is taken, and says only what it is given."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.portals import Portal, load_portals
from shared.web.asked_words import word_faults
from tests.support.portals import DELIVERED, Edit
from tests.unit.portals.conftest import Guichet

TEMPLATES = sorted((Path(__file__).parents[3] / "services").glob("*/http/templates"))
PORTALS = list(load_portals(DELIVERED))


def lacking(portal: Portal) -> Mapping[str, list[str]]:
    """What is said of each file."""
    said: dict[str, list[str]] = {}
    for fault in word_faults(portal, Path("own"), TEMPLATES):
        said.setdefault(fault.file.name, []).append(fault.message)
    return said


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.name)
def test_every_word_of_every_page_is_there(portal: Portal) -> None:
    assert lacking(portal) == {}


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"linking": True}, {"services.link", "link.title", "contracts.title", "contracts.linked"}),
        ({"accounts_opened_by": "customer"}, {"register.title", "register_confirm.token", "home.register"}),
        ({"activation": "reset_link"}, {"activate_confirm.title", "activate_confirm.password_hint"}),
        ({"online_change": True}, {"password.new", "account.change_password"}),
        ({"activation_names": frozenset({"email", "code"})}, {"activate.name", "activate.name_hint"}),
        ({"activation_names": frozenset({"code"})}, {"activate.code", "activate.code_hint"}),
    ],
)
def test_words_of_what_a_portal_offers_are_missing_where_it_never_had_them(
    egec: Portal, differs: Mapping[str, object], words: set[str]
) -> None:
    said = lacking(egec.model_copy(update={"policy": egec.policy.model_copy(update=differs)}))

    assert said.keys() == {"texts.fr.yaml", "texts.en.yaml"}
    for messages in said.values():
        assert {f"{word} is missing: a page of this portal says it" for word in words} <= set(messages)


# a text, in French and in English, what is put in its place, and what is said
GAPS = [
    (('"{name}, bonjour,"', '"Hello, {name}"'), '"{nom}"', "account.greeting cannot say {nom}: its page gives it name"),
    (("ENVOYER ", "SEND"), "OK {it} ", "activate.submit cannot say {it}: its page gives it no values"),
    (("ENVOYER ", "SEND"), "[OK] ", "activate.submit must be one text"),
    (
        ('"{contact}\u00a0: {email}"', '"{contact}: {email}"'),
        '"{mail}"',
        "help.topics.contact.lines cannot say {mail}: its",
    ),
    (
        ("contact:\n      title:", "contact:\n      title:"),
        "contact:\n      titel:",
        "help.topics.contact.title is missing",
    ),
]


@pytest.mark.parametrize(("texts", "new", "message"), GAPS, ids=[message for _, _, message in GAPS])
def test_a_word_that_its_page_could_not_say_is_one_fault_of_its_file(
    guichet: Guichet, edit: Edit, texts: tuple[str, str], new: str, message: str
) -> None:
    for language, old in zip(("fr", "en"), texts, strict=True):
        edit(f"texts.{language}.yaml", old, new)

    said = guichet("portals check")
    assert said.status == 1
    assert [(line.split(":")[1], message in line) for line in said.err] == [
        (f" portals/egec/texts.{language}.yaml", True) for language in ("en", "fr")
    ]
