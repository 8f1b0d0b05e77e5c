"""Every refusal has its status, and words in every language; every word a page asks for exists."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

import services.auth.http
from services.auth.domain import errors as domain_errors
from services.auth.http.statuses import STATUSES
from shared.errors import DomainError
from shared.ids import Language
from shared.portals import Portal, load_portals
from shared.web.errors import FieldFault
from shared.web.pages import Pages
from shared.web.statuses import EDGE
from shared.web.words import Words, product_words

PAGES = Pages(Path(services.auth.http.__file__).parent / "templates")
LANGUAGES = (Language("fr"), Language("en"))
ANSWERED = ("services.auth.", "shared.web.", "shared.portals.registry", "shared.idempotency", "shared.access_tokens")
ON_THE_COMMAND_LINE = {domain_errors.ClientNotFound}
IN_THE_FORM_OF_OAUTH = {"invalid_client", "invalid_scope"}


def refusals() -> list[type[DomainError]]:
    for module in pkgutil.walk_packages(services.auth.http.__path__, "services.auth.http."):
        importlib.import_module(module.name)
    return [
        kind for kind in _below(DomainError) if kind.__module__.startswith(ANSWERED) and kind not in ON_THE_COMMAND_LINE
    ]


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def test_every_refusal_has_a_status() -> None:
    assert [kind.__name__ for kind in refusals() if kind not in {**EDGE, **STATUSES}] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words_in_every_language(language: Language) -> None:
    said = product_words(language)
    codes = {kind.code for kind in refusals()} - IN_THE_FORM_OF_OAUTH

    assert {code for code in codes if f"error.{code}" not in said} == set()


def test_the_products_languages_say_the_same_things() -> None:
    french, english = map(product_words, LANGUAGES)

    assert french.keys() == english.keys()
    for key in french:
        assert _names(french[key]) == _names(english[key]), key


def test_every_text_a_page_asks_for_exists(portals_folder: Path) -> None:
    asked = set(_asked_for())
    assert len(asked) > 30

    for portal in load_portals(portals_folder):
        for language in portal.languages:
            assert {key for key in asked if key not in Words(portal, language)} == set(), (portal.name, language)


def test_a_fault_is_said_of_its_own_field_or_of_any_or_in_english(portals_folder: Path) -> None:
    portal: Portal = next(iter(load_portals(portals_folder)))
    words = Words(portal, Language("fr"))

    assert words.fault(FieldFault("email", "field_missing", "x")) == "Saisissez votre courriel."
    assert words.fault(FieldFault("other", "field_missing", "x")) == "À remplir"
    assert words.fault(FieldFault("other", "strange", "in English")) == "in English"


def _asked_for() -> Iterator[str]:
    """Constant keys of `words.text("…")` in all templates; those made from parts are the help's, checked by reading."""
    environment = PAGES.environment
    for name in environment.list_templates():
        source = environment.loader.get_source(environment, name)[0] if environment.loader else ""
        for call in environment.parse(source).find_all(nodes.Call):
            if isinstance(call.node, nodes.Getattr) and call.node.attr in {"text", "lines"} and call.args:
                key = call.args[0]
                if isinstance(key, nodes.Const):
                    yield key.value


def _names(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))
