"""Every word a page asks for is there, in every language of every delivered portal."""

import re
from pathlib import Path

import pytest

from shared.portals import Portal, load_portals
from shared.web.words import Words
from tests.support.portals import DELIVERED

ROOT = Path(__file__).parents[3]
ASKED = re.compile(r"""words\.(text|lines|parts)\(\s*["']([a-z_.]+)["']\s*[,)]""")
PORTALS = list(load_portals(DELIVERED))


def asked_for() -> set[tuple[str, str]]:
    pages = [*ROOT.glob("shared/web/templates/*.html"), *ROOT.glob("services/*/http/templates/*.html")]
    return {(kind, key) for page in pages for kind, key in ASKED.findall(page.read_text("utf-8"))}


def test_pages_ask_for_words() -> None:
    assert ("text", "activate.submit") in asked_for()


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.name)
def test_every_word_of_every_page_is_there(portal: Portal) -> None:
    for language in portal.languages:
        words = Words(portal, language)
        assert {key for kind, key in asked_for() if kind == "text" and key not in words} == set()
        assert {key for kind, key in asked_for() if kind == "lines" and not words.lines(key)} == set()
        assert {key for kind, key in asked_for() if kind == "parts" and not words.parts(key)} == set()
