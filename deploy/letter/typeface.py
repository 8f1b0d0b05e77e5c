"""Source Sans Pro, embedded as far as it is used: it has the letters of all of Europe's alphabets.

The fonts every PDF reader brings lack most of these, and a printing house refuses what is not embedded.
"""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from fpdf import FPDF

Style = Literal["", "B"]
STYLES: tuple[Style, ...] = get_args(Style)
FILES: dict[Style, str] = {"": "SourceSansPro-Regular.ttf", "B": "SourceSansPro-Bold.ttf"}


def typeface(style: Style) -> Path:
    """The package holds files only: it is found, and not run."""
    found = find_spec("font_source_sans_pro")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("font_source_sans_pro: install the pinned requirements again")
    return Path(found.origin).parent / "files" / FILES[style]


def unprintable(texts: Iterable[str]) -> frozenset[str]:
    """The characters a letter could show only as empty boxes."""
    return frozenset(character for text in texts for character in text) - _characters()


@cache
def _characters() -> frozenset[str]:
    """Those that both styles have."""
    paper = FPDF()
    for style in STYLES:
        paper.add_font("text", style, typeface(style))
    return frozenset.intersection(*(frozenset(map(chr, font.cmap)) for font in paper.fonts.values()))  # type: ignore[union-attr]
