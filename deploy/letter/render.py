"""A letter as PDF: the portal's first language with the key and its QR code, the other ones below."""

from datetime import UTC, datetime, time

import segno

from deploy.letter.letter import Letter, Wording
from deploy.letter.paper import BELOW_WINDOW, GREY, LEFT, RIGHT, WINDOW, Paper

INK = (20, 20, 20)
WIDTH = RIGHT - LEFT
CODE = 38.0  # mm, with the quiet zone that scanners need
QUIET = 4  # modules
SYMBOL, APART = 5.5, 5.2  # mm: what a symbol of the key takes, and what is between two groups
CLOSE = 0.4  # mm a point: six lines show in the window
TALL = 24.0  # of the key's box, mm


def render(letter: Letter) -> bytes:
    """Raises UnknownText. `unprintable` says beforehand what cannot be printed."""
    first, *others = letter.wordings
    written = datetime.combine(letter.written, time(), UTC)
    paper = Paper(f"{letter.portal.title} – {first.title}", first.language, written)
    paper.set_text_color(*INK)
    _sender(paper, letter, first)
    _address(paper, letter)
    y = paper.write_at(LEFT, BELOW_WINDOW, WIDTH, first.title, 17, "B") + 1
    y = paper.write_at(LEFT, y, WIDTH, first.intro, 10.5) + 3
    y = _contract(paper, letter, first, y) + 4
    y = _key(paper, letter, first, y) + 5
    y = _steps_beside_code(paper, letter, first, y)
    y = _notes(paper, first, y + 2, 10.5)
    for wording in others:
        y = _again(paper, wording, y + 4)
    return bytes(paper.output())


def _sender(paper: Paper, letter: Letter, wording: Wording) -> None:
    portal = letter.portal
    paper.set_fill_color(portal.brand.color)
    paper.rect(0, 0, 210, 5, style="F")
    y = paper.write_at(LEFT, 15, 80, portal.title, 19, "B") + 1
    label = portal.contact.label.get(wording.language) or ""
    for line in (label, portal.contact.email, portal.url):
        y = paper.write_at(LEFT, y, 80, line, 10)
    paper.write_at(LEFT, WINDOW[1], 65, wording.date, 10.5)


def _address(paper: Paper, letter: Letter) -> None:
    x, y, width = WINDOW
    for line in letter.address:
        y = paper.write_at(x, y, width, line, 10, line=CLOSE)


def _contract(paper: Paper, letter: Letter, wording: Wording, y: float) -> float:
    details = letter.contract.details
    place = ", ".join(part for part in (details.street, f"{details.postal_code} {details.city}".strip()) if part)
    paper.set_text_color(*GREY)
    paper.write_at(LEFT, y, 28, wording.contract, 10.5)
    paper.set_text_color(*INK)
    y = paper.write_at(LEFT + 28, y, WIDTH - 28, details.number, 10.5, "B")
    for line in (details.label, place):
        y = paper.write_at(LEFT + 28, y, WIDTH - 28, line, 10.5) if line else y
    return y


def _key(paper: Paper, letter: Letter, wording: Wording, y: float) -> float:
    """In cells of one width, so that it is copied sign by sign, and stays whole on its line."""
    paper.set_draw_color(letter.portal.brand.color)
    paper.set_line_width(0.6)
    paper.rect(LEFT, y, WIDTH, TALL, style="D", round_corners=True, corner_radius=2)
    paper.set_text_color(*GREY)
    paper.write_at(LEFT + 5, y + 2.5, WIDTH - 10, wording.key, 9.5)
    paper.set_text_color(*INK)
    groups = letter.key.get_secret_value().split("-")
    long = sum(map(len, groups)) * SYMBOL + (len(groups) - 1) * APART
    x = LEFT + (WIDTH - long) / 2
    paper.set_font("text", "B", 22)
    for group in groups:
        for symbol in group:
            paper.set_xy(x, y + 7)
            paper.cell(SYMBOL, 10, symbol, align="C")
            x += SYMBOL
        x += APART
    paper.write_at(LEFT + 5, y + 18, WIDTH - 10, wording.valid, 9.5)
    return y + TALL


def _steps_beside_code(paper: Paper, letter: Letter, wording: Wording, y: float) -> float:
    x = RIGHT - CODE
    _code(paper, letter.link.get_secret_value(), x, y)
    below = paper.write_at(x + 2, y + CODE, CODE - 4, wording.scan, 8.5)
    return max(below, _steps(paper, wording, y + 1, WIDTH - CODE - 8, 10.5))


def _code(paper: Paper, content: str, x: float, y: float) -> None:
    """As runs of dark modules: a picture would be blurred by readers that smooth what they enlarge."""
    rows = [bytes(row) for row in segno.make(content, error="m", micro=False).matrix]
    module = CODE / (len(rows) + 2 * QUIET)
    paper.set_fill_color(0)
    for down, row in enumerate(rows):
        start = 0
        while (start := row.find(1, start)) >= 0:
            end = row.find(0, start) if 0 in row[start:] else len(row)
            left, top = x + (start + QUIET) * module, y + (down + QUIET) * module
            paper.rect(left, top, (end - start) * module, module, style="F")
            start = end


def _steps(paper: Paper, wording: Wording, y: float, width: float, size: float) -> float:
    for number, step in enumerate(wording.steps, 1):
        paper.write_at(LEFT, y, 6, f"{number}.", size, "B")
        y = paper.write_at(LEFT + 6, y, width - 6, step, size) + size * 0.1
    return y


def _notes(paper: Paper, wording: Wording, y: float, size: float) -> float:
    y = paper.write_at(LEFT, y, WIDTH, wording.secret, size) + size * 0.1
    return paper.write_at(LEFT, y, WIDTH, wording.contact, size)


def _again(paper: Paper, wording: Wording, y: float) -> float:
    """The same in another language, smaller: what it is about stands above."""
    paper.set_draw_color(*GREY)
    paper.set_line_width(0.2)
    paper.line(LEFT, y, RIGHT, y)
    y = paper.write_at(LEFT, y + 2.5, WIDTH, wording.title, 12, "B") + 0.5
    y = paper.write_at(LEFT, y, WIDTH, f"{wording.intro} {wording.valid}", 9.5) + 1
    y = _steps(paper, wording, y, WIDTH, 9.5)
    return _notes(paper, wording, y + 1, 9.5)
