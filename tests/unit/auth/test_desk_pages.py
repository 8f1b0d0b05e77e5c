"""What the desk's pages about people decide and say without asking anybody."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from services.auth.domain.credentials import Credential, Password, PasswordHash
from services.auth.domain.passwords import ALPHABET, SIGNS
from services.auth.domain.standing import REQUESTS, Asked, PasswordStanding, in_stretches, password_standing
from services.auth.http.desk_pages import spelled
from shared.ids import AccountId, Language, new_id
from shared.web.words import product_words

NOW = datetime(2026, 7, 14, 12, tzinfo=UTC)
HASH = PasswordHash("$argon2id$")


def standing(newest: Password | None) -> PasswordStanding:
    return password_standing(Credential(AccountId(new_id()), 1, newest), NOW)


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, "none"),
        (Password(HASH, generated=False), "chosen"),
        (Password(HASH, generated=True), "unused"),
        (Password(HASH, generated=True, used_at=NOW), "used"),
        (Password(HASH, generated=True, use_until=NOW), "ended"),
        (Password(HASH, generated=True, use_until=NOW + timedelta(minutes=1)), "unused"),
        (Password(HASH, generated=True, use_until=NOW, used_at=NOW), "used"),
        (Password(HASH, generated=True, expires_at=NOW, used_at=NOW, temporary=True), "ended"),
    ],
)
def test_how_a_password_stands(newest: Password | None, expected: PasswordStanding) -> None:
    assert standing(newest) == expected


def asked(minute: int, outcome: str | None, origin: str = "198.18.0.1") -> Asked:
    return Asked(NOW + timedelta(minutes=minute), "activation_asked", outcome, "anonymous", None, origin)


def test_the_same_again_and_again_is_one_line_that_tells_the_last_and_how_often() -> None:
    lines = in_stretches([asked(5, "a"), asked(4, "a"), asked(3, "b"), asked(2, "a"), asked(1, "a", "198.18.0.2")])

    assert [(line.at, line.outcome, line.times) for line in lines] == [
        (NOW + timedelta(minutes=5), "a", 2),
        (NOW + timedelta(minutes=3), "b", 1),
        (NOW + timedelta(minutes=2), "a", 1),
        (NOW + timedelta(minutes=1), "a", 1),
    ]


def test_every_character_of_a_password_can_be_said() -> None:
    said = product_words(Language("fr"))

    assert spelled.SIGNS.keys() == set(SIGNS)
    for one in spelled.spell(ALPHABET):
        assert f"desk.spelled.{one.said}" in said
    assert [one.said for one in spelled.spell("aA7*")] == ["lower", "upper", "digit", "star"]


def test_what_was_asked_and_how_a_password_stands_have_words() -> None:
    said = product_words(Language("fr"))

    assert [action for action in REQUESTS if f"desk.person.did.{action}" not in said] == []
    assert [each for each in get_args(PasswordStanding) if f"desk.person.standing.{each}" not in said] == []
