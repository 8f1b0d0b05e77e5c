"""Every refusal has its status, and words in every language; every word a page asks for exists."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from jinja2 import nodes

from services.auth.domain.errors import ClientNotFound
from shared.errors import DomainError
from shared.ids import Language
from shared.portals import Portal, load_portals
from shared.web.errors import FieldFault
from shared.web.offered_words import is_offered
from shared.web.pages import Pages
from shared.web.statuses import EDGE
from shared.web.words import Words, product_words

SERVICES = ("auth", "contracts", "notifier")
LANGUAGES = (Language("fr"), Language("en"))
SHARED = ("access_tokens", "details", "idempotency", "inbox", "limits", "portals.registry", "web")
ON_THE_COMMAND_LINE = {ClientNotFound}
IN_THE_FORM_OF_OAUTH = {"invalid_client", "invalid_scope"}


def http(service: str) -> ModuleType:
    """With all its modules."""
    package = importlib.import_module(f"services.{service}.http")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    return package


def refusals(service: str) -> list[type[DomainError]]:
    """Those that are raised; a class that others refine is a name for them."""
    http(service)
    answered = (f"services.{service}.", *(f"shared.{part}" for part in SHARED))
    return [
        kind
        for kind in _below(DomainError)
        if kind.__module__.startswith(answered) and kind not in ON_THE_COMMAND_LINE and hasattr(kind, "code")
    ]


def pages(service: str) -> Pages:
    return Pages(Path(str(http(service).__file__)).parent / "templates")


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_has_a_status(service: str) -> None:
    statuses = {**EDGE, **importlib.import_module(f"services.{service}.http.statuses").STATUSES}
    assert [kind.__name__ for kind in refusals(service) if not set(kind.__mro__) & statuses.keys()] == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words_in_every_language(service: str, language: Language) -> None:
    said = product_words(language)
    codes = {kind.code for kind in refusals(service)} - IN_THE_FORM_OF_OAUTH

    assert {code for code in codes if f"error.{code}" not in said} == set()


def test_the_products_languages_say_the_same_things() -> None:
    french, english = map(product_words, LANGUAGES)

    assert french.keys() == english.keys()
    for key in french:
        assert _names(french[key]) == _names(english[key]), key


def test_every_text_a_page_asks_for_exists(portals_folder: Path) -> None:
    asked = {key for service in SERVICES for key in _asked_for(service)}
    assert len(asked) > 30

    for portal in load_portals(portals_folder):
        for language in portal.languages:
            missing = {key for key in asked if key not in Words(portal, language)}
            assert {key for key in missing if is_offered(key, portal)} == set(), (portal.name, language)


def test_a_fault_is_said_of_its_own_field_or_of_any_or_in_english(portals_folder: Path) -> None:
    portal: Portal = next(iter(load_portals(portals_folder)))
    words = Words(portal, Language("fr"))

    assert words.fault(FieldFault("email", "field_missing", "x")) == "Saisissez votre courriel."
    assert words.fault(FieldFault("other", "field_missing", "x")) == "À remplir"
    assert words.fault(FieldFault("activation_key", "key_used", "x")) == words.text("error.key_used")
    assert words.fault(FieldFault("other", "strange", "in English")) == "in English"


def _asked_for(service: str) -> Iterator[str]:
    """Constant keys of `words.text("…")` in all templates; those made from parts are the help's, checked by reading."""
    environment = pages(service).environment
    for name in environment.list_templates():
        source = environment.loader.get_source(environment, name)[0] if environment.loader else ""
        for call in environment.parse(source).find_all(nodes.Call):
            if isinstance(call.node, nodes.Getattr) and call.node.attr in {"text", "lines"} and call.args:
                key = call.args[0]
                if isinstance(key, nodes.Const):
                    yield key.value


def _names(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))
