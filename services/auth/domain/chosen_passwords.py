"""Passwords people choose: long enough and not what everybody chooses; no rule says what they are made of."""

import unicodedata
from collections.abc import Sequence

from zxcvbn import zxcvbn

from services.auth.domain.accounts import Details
from services.auth.domain.errors import (
    PasswordBlocklisted,
    PasswordHasOuterBlank,
    PasswordTooLong,
    PasswordTooShort,
)
from services.auth.domain.names import forgiven

LONGEST = 1024  # characters
# zxcvbn takes some milliseconds for 20 characters, 80 where somebody means it ill, and seconds for 60: whoever begins
# with 20 that are easily guessed may as well be told so.
JUDGED = 20
OWN = 4  # letters or digits that a password has beside known words
GUESSABLE = 2  # of 0 to 4: fewer than a hundred million guesses


def require_acceptable(password: str, shortest: int, known: Sequence[str]) -> None:
    """`known` are the words an attacker would try first for this person and portal.

    Raises PasswordTooShort, PasswordTooLong, PasswordHasOuterBlank, PasswordBlocklisted.
    """
    length = len(unicodedata.normalize("NFC", password))
    if length < shortest:
        raise PasswordTooShort
    if length > LONGEST:
        raise PasswordTooLong
    if not forgiven(password[0]) or not forgiven(password[-1]):
        raise PasswordHasOuterBlank
    if _says_only(password.lower(), known):
        raise PasswordBlocklisted
    if zxcvbn(password[:JUDGED], user_inputs=list(known))["score"] <= GUESSABLE:
        raise PasswordBlocklisted


def _says_only(password: str, known: Sequence[str]) -> bool:
    """Whether next to nothing is left of it without the known words: zxcvbn takes what joins them for chance."""
    for word in sorted(known, key=len, reverse=True):
        password = password.replace(word.lower(), "")
    return sum(map(str.isalnum, password)) < OWN


def words_about(details: Details, *more: str) -> Sequence[str]:
    """What everybody knows of a person: names and the parts of the address, and what else is given."""
    local, _, domain = details.email.partition("@")
    words = [*details.name.split(), local, *local.split("."), *domain.split("."), *more]
    return tuple(dict.fromkeys(word for word in words if len(word) > 2))
