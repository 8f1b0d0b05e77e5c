"""Every word a page asks for is there, in every language of every delivered portal."""

import re
from functools import partial
from pathlib import Path

import pytest

from shared.portals import Portal, load_portals
from shared.web.words import Words
from tests.support.offered_words import is_offered
from tests.support.portals import DELIVERED

ROOT = Path(__file__).parents[3]
ASKED = re.compile(r"""words\.(text|lines|parts)\(\s*["']([a-z_.]+)["']\s*[,)]""")
PORTALS = list(load_portals(DELIVERED))


def asked_for() -> set[tuple[str, str]]:
    pages = [*ROOT.glob("shared/web/templates/*.html"), *ROOT.glob("services/*/http/templates/*.html")]
    return {(kind, key) for page in pages for kind, key in ASKED.findall(page.read_text("utf-8"))}


def needed(portal: Portal) -> set[tuple[str, str]]:
    """Of what pages ask for, what this portal must have."""
    return {(kind, key) for kind, key in asked_for() if is_offered(key, portal)}


def test_pages_ask_for_words() -> None:
    assert ("text", "activate.submit") in asked_for()


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.name)
def test_every_word_of_every_page_is_there(portal: Portal) -> None:
    for language in portal.languages:
        words = Words(portal, language)
        said = {"text": words.__contains__, "lines": partial(words.lines, contact="", email=""), "parts": words.parts}
        assert {key for kind, key in needed(portal) if not said[kind](key)} == set()
