"""Tokens that a mail brings."""

from datetime import UTC, datetime, timedelta
from math import log2

import pytest
from pydantic import SecretStr

from services.auth.domain.errors import TokenExpired, TokenUsed
from services.auth.domain.mailed_tokens import ALPHABET, LENGTH, mailed_token_hash, new_mailed_token, require_open

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_token_has_at_least_128_random_bits():
    tokens = {new_mailed_token().get_secret_value() for _ in range(1000)}

    assert LENGTH * log2(len(set(ALPHABET))) >= 128
    assert len(tokens) == 1000
    assert set("".join(tokens)) == set(ALPHABET)


def test_a_token_survives_a_mail_programs_idea_of_where_a_link_ends():
    assert new_mailed_token().get_secret_value().isalnum()


def test_blanks_line_ends_and_capitals_are_forgiven_and_nothing_else_is():
    token = new_mailed_token().get_secret_value()
    pasted = f" {token[:13]}\r\n{token[13:].upper()}\u00a0"

    assert mailed_token_hash(SecretStr(pasted)) == mailed_token_hash(SecretStr(token))
    assert mailed_token_hash(SecretStr(token + "a")) != mailed_token_hash(SecretStr(token))
    assert mailed_token_hash(SecretStr("\ud800"))  # what no encoding can hold is a token of nobody's, and no failure


def test_a_token_opens_until_the_moment_it_expires():
    require_open(ended_at=None, expires_at=NOW + timedelta(microseconds=1), now=NOW)
    with pytest.raises(TokenExpired):
        require_open(ended_at=None, expires_at=NOW, now=NOW)


def test_a_token_that_was_used_is_said_to_be_used_even_when_it_has_expired_since():
    with pytest.raises(TokenUsed):
        require_open(ended_at=NOW - timedelta(days=2), expires_at=NOW - timedelta(days=1), now=NOW)
