"""The sheet: A4, folded in three, in an envelope C5/6 or DL with its window on the right (35 × 100 mm, NF Z 10-011).

However the sheet slips in the envelope, what lies from 105 to 190 mm across and from 55 to 79 mm down shows in the
window, and nothing else may show beside it: from 90 mm on across, 44 to 92 mm down, there is only the address.
"""

from datetime import datetime

from fpdf import FPDF

from deploy.letter.typeface import STYLES, Style, typeface

LEFT, RIGHT, BOTTOM = 20.0, 190.0, 283.0  # mm
WINDOW = (105.0, 55.0, 85.0)  # left, top, width in mm
BELOW_WINDOW = 97.0
FOLDS = (99.0, 198.0)
LINE = 0.45  # mm of a line's height for each point of its type
GREY = (90, 90, 90)


class Paper(FPDF):
    """Says nothing of its contents in its metadata but the title it is given."""

    def __init__(self, title: str, language: str, written: datetime) -> None:
        super().__init__(unit="mm", format="A4")
        self.set_title(title)
        self.set_lang(language)
        self.set_producer("Guichet")
        self.set_creation_date(written)
        self.set_margins(LEFT, 15, 210 - RIGHT)
        self.set_auto_page_break(True, 297 - BOTTOM)  # longer words than ours go on overleaf
        for style in STYLES:
            self.add_font("text", style, typeface(style))
        self.c_margin = 0  # a cell's text begins where the cell does
        self.add_page()

    def header(self) -> None:
        """Where to fold, too short to be seen through a window."""
        self.set_draw_color(*GREY)
        self.set_line_width(0.1)
        for y in FOLDS:
            self.line(4, y, 8, y)

    def write_at(
        self, x: float, y: float, width: float, text: str, size: float, style: Style = "", line: float = LINE
    ) -> float:
        """A paragraph; returns where it ends, mm from the top."""
        self.set_font("text", style, size)
        self.set_xy(x, y)
        self.multi_cell(width, size * line, text, align="L", new_x="LEFT", new_y="NEXT")
        return float(self.get_y())
