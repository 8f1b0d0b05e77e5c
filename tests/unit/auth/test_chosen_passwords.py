"""Passwords people choose (ASVS 5.0, 6.2)."""

import unicodedata

import pytest

from services.auth.domain.accounts import Details
from services.auth.domain.chosen_passwords import LONGEST, require_acceptable, words_about
from services.auth.domain.errors import (
    PasswordBlocklisted,
    PasswordHasOuterBlank,
    PasswordTooLong,
    PasswordTooShort,
)
from services.auth.domain.passwords import as_typed
from shared.ids import Language

CAMILLE = Details(title="", name="Camille Exemple", email="camille.exemple@example.org", language=Language("fr"))
KNOWN = words_about(CAMILLE, "Ecocito")


@pytest.mark.parametrize(
    "password",
    [
        "une chaise rouge",
        "Xk3-9fj2.qwLz",
        "œufs à la coque",
        "quatre mots sans rapport " * 20,
        "日本語のパスワードです。長い",
        "a\u0300" * 3 + "dix-huit chaises",
        "{{7*7}}<script>",
    ],
)
def test_what_is_long_and_not_everybodys_is_accepted_whatever_it_is_made_of(password: str):
    require_acceptable(password.rstrip(), 12, KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "motdepasse12",
        "123456789012",
        "aaaaaaaaaaaa",
        "azertyazerty",
        "qwertyuiop123",
        "abcdefghijkl",
        "CamilleExemple",
        "exemple-camille1",
        "Ecocito-Ecocito",
        "P4ssw0rd1234",
    ],
)
def test_what_everybody_would_try_first_is_refused(password: str):
    with pytest.raises(PasswordBlocklisted):
        require_acceptable(password, 12, KNOWN)


def test_it_is_counted_in_characters_as_it_is_hashed():
    eleven, twelve = "Xk3-9fj2.qw", "Xk3-9fj2.qwL"
    require_acceptable(twelve, 12, ())
    with pytest.raises(PasswordTooShort):
        require_acceptable(eleven, 12, ())
    with pytest.raises(PasswordTooShort):  # eleven letters, one with its accent apart
        require_acceptable(unicodedata.normalize("NFD", eleven[:-1] + "é"), 12, ())


def test_the_longest_is_accepted_and_one_more_is_not():
    longest = "Xk3-9fj2.qwLz" + "x" * (LONGEST - 13)
    require_acceptable(longest, 12, ())
    with pytest.raises(PasswordTooLong):
        require_acceptable(longest + "x", 12, ())


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\t", "\n", "\u200b", "\ufeff"])
def test_a_blank_that_signing_in_would_forgive_may_not_be_at_an_end(blank: str):
    for password in (f"{blank}une chaise rouge", f"une chaise rouge{blank}"):
        with pytest.raises(PasswordHasOuterBlank):
            require_acceptable(password, 12, ())


def test_what_is_accepted_is_hashed_exactly_as_chosen():
    for password in ("Une  Chaise\u00a0rouge", "aB\u200bcD\u200bXk3-9fj2"):
        require_acceptable(password, 12, ())
        assert as_typed(password) == password.encode()


def test_what_is_known_of_somebody_are_the_words_of_name_and_address():
    assert {"Camille", "Exemple", "camille", "example", "Ecocito"} <= set(KNOWN)
    assert not [word for word in KNOWN if len(word) < 3]
