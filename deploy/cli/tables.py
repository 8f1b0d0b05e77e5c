"""Tables for people and for pipes: as wide as what is in them, so that an id can be copied whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime

APART = "  "


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """None is an empty cell."""
    lines = [list(headings), *([cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print(APART.join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def cell(value: object) -> str:
    """As text that stays in its line. What strangers wrote must not steer the terminal of whoever reads it."""
    text = "" if value is None else str(value)
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def moment(at: datetime | None) -> str:
    """In the reader's own time."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else ""
