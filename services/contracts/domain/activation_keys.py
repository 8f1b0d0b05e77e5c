"""Activation keys as people hold them (S0.5): 115 random bits in 23 symbols, and a check symbol.

The alphabet is Douglas Crockford's base 32: no I, L, O or U. The check symbol closes a code over the field of 32
elements: with the weights 1, x, x², … all different and none of them zero, one wrong symbol always changes the sum, and
so does any pair of symbols that have changed places. A typing mistake is told apart without a database.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

from services.contracts.domain.errors import KeyMalformed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS, GROUP = 23, 4
LENGTH = RANDOM_SYMBOLS + 1
LONGEST_TEXT = 200  # characters; blanks and hyphens are forgiven, not a book

READ_AS = {ord("O"): "0", ord("I"): "1", ord("L"): "1"}
REDUCE = 0b100101  # x⁵ + x² + 1: primitive, so that the powers of x up to 30 all differ
VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A key of the right form. Never stored, never logged: what is kept is its digest."""

    symbols: str

    @property
    def digest(self) -> bytes:
        """SHA-256: of 115 random bits nobody finds the origin, so a fast hash suffices (ASVS 5.0, 6.5.2)."""
        return hashlib.sha256(self.symbols.encode()).digest()

    @property
    def printed(self) -> str:
        """In groups, as letters have it."""
        return "-".join(self.symbols[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def generate_key() -> Key:
    return key_of("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SYMBOLS)))


def key_of(random_symbols: str) -> Key:
    return Key(random_symbols + _check(random_symbols))


def parse_key(text: str) -> Key:
    """Forgives lower case, blanks and hyphens of every kind, O for 0, I and L for 1. Raises KeyMalformed."""
    if len(text) > LONGEST_TEXT:
        raise KeyMalformed
    plain = "".join(character for character in unicodedata.normalize("NFKC", text) if not _between(character))
    symbols = plain.upper().translate(READ_AS)
    if len(symbols) != LENGTH or not VALUES.keys() >= set(symbols) or _check(symbols[:-1]) != symbols[-1]:
        raise KeyMalformed
    return Key(symbols)


def _between(character: str) -> bool:
    """Blanks, dashes, the minus sign, and what cannot be seen at all."""
    return character.isspace() or character == "\u2212" or unicodedata.category(character) in ("Pd", "Cf")


def _check(symbols: str) -> str:
    total = 0
    for symbol in symbols:
        total = _times_x(total ^ VALUES[symbol])
    return ALPHABET[total]


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ REDUCE if doubled & 0b100000 else doubled
