"""Which language a visitor is answered in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import Language
from shared.web.languages import choose_language

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


@given(st.text(), st.text(), st.text())
def test_any_wish_ends_in_a_language_that_is_offered(asked: str, chosen: str, accepted: str) -> None:
    assert choose_language(OFFERED, asked=asked, chosen=chosen, accepted=accepted) in OFFERED
