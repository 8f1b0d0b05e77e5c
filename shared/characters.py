"""Characters that pretend: they end lines, turn around what is read, or cannot be seen at all."""

import unicodedata

# Controls, formats (soft hyphens, zero-width blanks, marks of direction, tags), halves of pairs, and ends of lines and
# of paragraphs. With one of them a name could forge a line or a header, or look like somebody else's and not be found.
PRETENDING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode's general categories
JOINERS = "\u200c\u200d"  # formats as well, but Persian and the languages of India are not spelt without them


def pretends(character: str) -> bool:
    return unicodedata.category(character) in PRETENDING and character not in JOINERS
