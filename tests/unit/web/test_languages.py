"""Which language a visitor is answered in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import Language
from shared.web.languages import choose_language
from shared.web.words import product_words

OFFERED = (Language("fr"), Language("en"))


@pytest.mark.parametrize(
    ("asked", "chosen", "accepted", "expected"),
    [
        (None, None, "", "fr"),
        (None, None, "en", "en"),
        (None, None, "en-GB,en;q=0.9,fr;q=0.8", "en"),
        (None, None, "en;q=0.5, fr;q=0.9", "fr"),
        (None, None, "de, en;q=0.1", "en"),
        (None, None, "en;q=0", "fr"),
        (None, None, "en;q=nonsense, fr", "fr"),
        (None, "en", "fr", "en"),
        ("fr", "en", "en", "fr"),
        ("de", "en", "fr", "en"),
    ],
)
def test_what_was_asked_for_goes_before_what_the_browser_says(
    asked: str | None, chosen: str | None, accepted: str, expected: str
) -> None:
    assert choose_language(OFFERED, asked=asked, chosen=chosen, accepted=accepted) == expected


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [
        (("fr-CA", "en"), "fr", "fr-CA"),
        (("fr-CA", "en"), "fr-CA, en;q=0.9", "fr-CA"),
        (("en", "fr-FR", "fr-CA"), "fr-CA", "fr-CA"),
        (("en", "fr"), "FR-ca", "fr"),
    ],
)
def test_a_language_is_the_same_wherever_it_is_spoken(offered: tuple[str, ...], wanted: str, expected: str) -> None:
    languages = [Language(language) for language in offered]

    assert choose_language(languages, asked=None, chosen=None, accepted=wanted) == expected


@pytest.mark.parametrize(
    ("language", "account"), [("fr-CA", "Mon compte"), ("en-GB", "My account"), ("de", "My account")]
)
def test_the_product_speaks_a_language_wherever_it_is_spoken(language: str, account: str) -> None:
    assert product_words(Language(language))["page.account"] == account


@given(st.text(), st.text(), st.text())
def test_any_wish_ends_in_a_language_that_is_offered(asked: str, chosen: str, accepted: str) -> None:
    assert choose_language(OFFERED, asked=asked, chosen=chosen, accepted=accepted) in OFFERED
