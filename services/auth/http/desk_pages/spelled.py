"""A password as it is said on the telephone: character by character, each with what could be misheard of it."""

from typing import NamedTuple

SIGNS = {
    "*": "star",
    "+": "plus",
    "-": "minus",
    "=": "equals",
    "?": "question",
    "#": "hash",
    "%": "percent",
    "@": "at",
}


class Spelled(NamedTuple):
    character: str
    said: str  # the key of its words, below `desk.spelled`


def spell(password: str) -> list[Spelled]:
    return [Spelled(character, _said(character)) for character in password]


def _said(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "upper" if character.isupper() else "lower"
    return SIGNS[character]
