"""The letter that carries an activation key: one sheet, the address alone in the envelope's window, the key in its
groups, and a code that opens the portal's page with the key where no server sees it."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import segno
from pydantic import SecretStr
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from deploy.letter.letter import AddressTooLong, Letter
from deploy.letter.render import render
from services.contracts.domain.activation_keys import generate_key
from services.contracts.domain.contracts import Contract, Details
from shared.ids import ContractId, new_id
from shared.portals import load_portals
from tests.support.portals import DELIVERED

MM = 72 / 25.4  # points
SHEET = 297.0  # mm
KEY = generate_key().printed
DETAILS = Details("23-000107", "Grange Spécimen", "7 route du Spécimen", "23300", "La Souterraine")


@pytest.fixture
def letter() -> Letter:
    portal = load_portals(DELIVERED).by_name("ecocito")
    contract = Contract(ContractId(new_id()), portal.name, DETAILS)
    return Letter(portal, contract, (), SecretStr(KEY), date(2026, 11, 27), date(2027, 2, 24))


def only_page(letter: Letter) -> PageObject:
    (page,) = PdfReader(BytesIO(render(letter))).pages
    return page


def placed(page: PageObject) -> list[tuple[str, float, float]]:
    """Each piece of text, with where it begins: mm from the left, mm from the top."""
    pieces: list[tuple[str, float, float]] = []

    def visit(text: str, to_user: Any, within: Any, *_: object) -> None:
        if text.strip():
            pieces.append((text.strip(), within[4] / MM, SHEET - within[5] / MM))

    page.extract_text(visitor_text=visit)
    return pieces


def drawn_code(page: PageObject) -> set[tuple[int, int]]:
    """The dark modules of the code, by row and column: the sheet's only filled bars that are less than 2 mm tall."""
    stream = ContentStream(page.get_contents(), page.pdf)
    bars = [tuple(map(float, operands)) for operands, operator in stream.operations if operator == b"re"]
    bars = [bar for bar in bars if abs(bar[3]) < 2 * MM]
    side = abs(bars[0][3])
    left, top = min(x for x, *_ in bars), max(y for _, y, *_ in bars)
    return {
        (round((top - y) / side), round((x - left) / side) + run)
        for x, y, width, _ in bars
        for run in range(round(width / side))
    }


def test_it_is_one_sheet_in_both_languages_with_the_key_in_its_groups(letter: Letter) -> None:
    text = only_page(letter).extract_text()

    for said in ("Votre clé d’activation", "Your activation key", "23-000107", "24 février 2027", "24 February 2027"):
        assert said in text
    assert KEY.replace("-", "") in "".join(text.split())


def test_the_code_opens_the_portals_page_with_the_key_behind_the_address(letter: Letter) -> None:
    opened = f"{letter.portal.url}/contracts/link#{KEY}"
    matrix = segno.make(opened, error="m", micro=False).matrix
    dark = {(down, across) for down, row in enumerate(matrix) for across, module in enumerate(row) if module}

    assert drawn_code(only_page(letter)) == dark


def test_nothing_but_the_address_shows_in_the_window(letter: Letter) -> None:
    """However the sheet slips in the envelope: from 90 mm on across, 44 to 92 mm down. Left of it is the date."""
    beside = {text: across for text, across, down in placed(only_page(letter)) if 44 <= down <= 92}
    address = ["Au titulaire du contrat 23-000107", "7 route du Spécimen", "23300 La Souterraine"]

    assert [text for text, across in beside.items() if across >= 90] == address
    assert beside.keys() - set(address) == {"27 novembre 2026"}


def test_an_address_that_would_not_show_whole_is_refused(letter: Letter) -> None:
    assert len(replace(letter, to=[f"ligne {number}" for number in range(6)]).address) == 6
    with pytest.raises(AddressTooLong):
        render(replace(letter, to=[f"ligne {number}" for number in range(7)]))


def test_the_files_own_words_do_not_hold_the_key(letter: Letter) -> None:
    said = PdfReader(BytesIO(render(letter))).metadata
    assert said is not None
    assert KEY not in str(dict(said))
