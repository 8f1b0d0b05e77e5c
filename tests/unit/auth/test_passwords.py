"""Generated passwords."""

import itertools
import math
import string

from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.passwords import ALPHABET, CLASSES, SIGNS, as_typed, generate_password, has_every_class

BLANKS = st.text(alphabet=" \t\r\n\u00a0\u202f\u2007\u3000\u200b\ufeff", max_size=4)


def test_s1_10_a_password_has_nine_of_65_characters_and_one_of_each_class():
    assert len(ALPHABET) == len(set(ALPHABET)) == 65
    assert set(SIGNS) == set("*+-=?#%@")
    assert not set(ALPHABET) & set("0O1Il")
    for password in (generate_password() for _ in range(2_000)):
        assert len(password) == 9
        assert set(password) <= set(ALPHABET)
        assert has_every_class(password)


def with_all_of(sizes: list[int], length: int) -> int:
    """How many strings of 65 characters have one of each class, by inclusion and exclusion over what they lack."""
    lackings = (lacking for count in range(len(sizes) + 1) for lacking in itertools.combinations(sizes, count))
    return sum((-1) ** len(lacking) * (65 - sum(lacking)) ** length for lacking in lackings)


def test_a_password_has_53_bits():
    sizes = [len(set(ALPHABET) & set(characters)) for characters in CLASSES]

    assert sum(sizes) == 65
    assert 53 < math.log2(with_all_of(sizes, 9)) < 53.1


def test_every_place_takes_every_class_as_often_as_chance_would():
    """Putting a missing class into a place of its own would show here: it makes some passwords likelier."""
    upper, lower, digits, signs = (len(set(ALPHABET) & set(characters)) for characters in CLASSES)
    share = digits * with_all_of([upper, lower, signs], 8) / with_all_of([upper, lower, digits, signs], 9)
    drawn = [generate_password() for _ in range(10_000)]
    for place in range(9):
        seen = sum(password[place] in string.digits for password in drawn) / len(drawn)
        assert abs(seen - share) < 0.025  # more than six standard deviations


def test_no_two_passwords_are_alike():
    assert len({generate_password() for _ in range(5_000)}) == 5_000


@given(BLANKS, BLANKS)
def test_s1_16_blanks_around_a_copied_password_are_forgiven(before: str, after: str):
    assert as_typed(f"{before}fG69a*6jH{after}") == b"fG69a*6jH"


def test_s1_16_case_and_inner_blanks_count():
    assert as_typed("fG69a*6jH") != as_typed("FG69a*6jH")
    assert as_typed("fG69 a*6jH") == b"fG69 a*6jH"


def test_an_accent_is_the_same_however_it_was_typed():
    assert as_typed("caf\u00e9") == as_typed("cafe\u0301")


@given(st.text())
def test_anything_typed_can_be_hashed(typed: str):
    as_typed(typed + "\udc00\0").decode()
