"""Activation keys: told from mistakes without a database, forgiven what hands and letters do to them."""

import random
import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.domain.activation_keys import (
    ALPHABET,
    LENGTH,
    RANDOM_SYMBOLS,
    Key,
    generate_key,
    key_of,
    parse_key,
)
from services.contracts.domain.errors import KeyMalformed

keys = st.text(ALPHABET, min_size=RANDOM_SYMBOLS, max_size=RANDOM_SYMBOLS).map(key_of)


def is_malformed(text: str) -> bool:
    try:
        parse_key(text)
    except KeyMalformed:
        return True
    return False


def test_a_key_holds_enough_chance():
    assert len(ALPHABET) ** RANDOM_SYMBOLS >= 2**112


def test_a_key_is_printed_in_six_groups_of_four():
    printed = generate_key().printed

    assert [len(group) for group in printed.split("-")] == [4] * 6
    assert not set("ILOU") & set(printed)


def test_no_two_keys_are_alike():
    assert len({generate_key() for _ in range(1000)}) == 1000


@given(keys)
def test_what_is_printed_is_read(key: Key):
    assert parse_key(key.printed) == key


@given(keys, st.integers(0, LENGTH - 1))
def test_every_single_wrong_character_is_found(key: Key, place: int):
    for wrong in set(ALPHABET) - {key.symbols[place]}:
        assert is_malformed(key.symbols[:place] + wrong + key.symbols[place + 1 :])


@given(keys)
def test_every_two_different_characters_that_changed_places_are_found(key: Key):
    for one, other in combinations(range(LENGTH), 2):
        swapped = list(key.symbols)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert is_malformed("".join(swapped)) == (key.symbols[one] != key.symbols[other])


@given(keys, st.integers(0, LENGTH - 1))
def test_a_character_too_few_or_too_many_is_found(key: Key, place: int):
    assert is_malformed(key.symbols[:place] + key.symbols[place + 1 :])
    assert is_malformed(key.symbols[:place] + key.symbols[place] + key.symbols[place:])


@given(keys, st.randoms(use_true_random=False))
def test_case_blanks_hyphens_and_look_alikes_are_forgiven(key: Key, chance: random.Random):
    typed = ""
    for symbol in key.symbols:
        look_alikes = {"0": "0oOO", "1": "1iIlL"}.get(symbol, symbol + symbol.lower())
        typed += chance.choice(look_alikes) + chance.choice(["", "", " ", "-", "\u00a0", "\u2011", "–", "\n", "\u200b"])

    assert parse_key("  " + typed) == key


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_form_of_the_text_does_not_matter(form: str):
    key = generate_key()

    assert parse_key(unicodedata.normalize(form, key.printed)) == key
    assert parse_key(key.printed.translate({ord(a): chr(ord(a) + 0xFEE0) for a in ALPHABET})) == key  # full width


@given(st.text())
def test_any_text_is_a_key_or_malformed(text: str):
    is_malformed(text)


@pytest.mark.parametrize("text", ["", "U" * LENGTH, "0" * 25, "\ud800" * 24, "0" * 10_000_000, " " * 500])
def test_what_cannot_be_a_key_is_malformed(text: str):
    assert is_malformed(text)


def test_a_key_does_not_show_itself():
    key = generate_key()

    assert key.symbols not in repr(key)
    assert key.symbols not in repr([key])
