"""Import files are read to their end, with every fault at its line."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.imports.rows import LONGEST_LINE, Fault, Row, read_rows

KNOWN = ("identifier", "name", "email")


def read(content: bytes) -> list[Row | Fault]:
    return list(read_rows(io.BytesIO(content), known=KNOWN, required=("identifier",)))


@pytest.mark.parametrize("separator", [b",", b";"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_comma_or_semicolon_with_or_without_a_byte_order_mark(separator: bytes, end: bytes, mark: bytes):
    lines = [separator.join(fields) for fields in ([b"name", b"identifier"], [b"\xc3\x89lo\xc3\xafse", b"0001"])]

    assert read(mark + end.join(lines) + end) == [Row(2, {"name": "Éloïse", "identifier": "0001"})]


def test_a_quoted_field_may_hold_the_separator_and_quotes():
    assert read(b'identifier,name\n1,"Exemple, ""Camille"""\n') == [
        Row(2, {"identifier": "1", "name": 'Exemple, "Camille"'})
    ]


def test_empty_lines_are_no_rows():
    assert read(b"identifier\n\n1\n\n") == [Row(3, {"identifier": "1"})]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "lacks the header"),
        (b"\n1\n", 1, "lacks the header"),
        (b"identifier,nmae\n1,x\n", 1, "unknown column 'nmae'"),
        (b"identifier,identifier\n1,2\n", 1, "more than once"),
        (b"name\nx\n", 1, "lacks the column 'identifier'"),
        (b"identifier,name\n1\n", 2, "has 1 fields where the header names 2"),
        (b"identifier,name\n1,x\n2,y,z\n", 3, "has 3 fields"),
        (b"identifier,name\n1,x\n2,\xff\n3,z\n", 3, "not UTF-8 at byte 3"),
        (b'identifier,name\n1,"x"y\n', 2, "is not CSV"),
        (b'identifier,name\n1,"x\n', 2, "is not CSV"),
        (b"identifier,name\n1," + b"x" * LONGEST_LINE, 2, "is longer than"),
    ],
)
def test_a_fault_is_said_with_its_line(content: bytes, line: int, said: str):
    (fault,) = [part for part in read(content) if isinstance(part, Fault)]

    assert fault.line == line
    assert said in fault.message


def test_reading_goes_on_after_a_fault():
    parts = read(b'identifier,name\n1\n\xff,x\n2,"x"y\n3,z\n')

    assert [(type(part), part.line) for part in parts] == [(Fault, 2), (Fault, 3), (Fault, 4), (Row, 5)]


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(content: bytes):
    for part in read(b"identifier,name\n" + content):
        assert part.line >= 2
