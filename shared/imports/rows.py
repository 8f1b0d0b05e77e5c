"""Import files: UTF-8 CSV (RFC 4180) with a header line, `,` or `;` between fields, read in one direction.

A fault does not end the reading: an operator wants to hear of all of them, each with its line.
"""

import csv
from collections.abc import Collection, Iterator, Mapping
from typing import IO, NamedTuple

LONGEST_LINE = 65_536  # bytes; nobody's customer is that long, and a file without line ends must not fill the memory
BOM = "\ufeff"


class Fault(NamedTuple):
    line: int  # from 1
    message: str


class Row(NamedTuple):
    line: int  # where it ends
    fields: Mapping[str, str]


def read_rows(file: IO[bytes], *, known: Collection[str], required: Collection[str]) -> Iterator[Row | Fault]:
    """Rows and faults in the order of the file, from its beginning. Without a usable header there are only faults."""
    file.seek(0)
    lines = _Lines(file)
    header = next(iter(lines), "").lstrip(BOM)
    delimiter = ";" if ";" in header else ","
    columns = [column.strip() for column in next(csv.reader([header], delimiter=delimiter), [])]
    unusable = list(_header_faults(columns, known, required))
    yield from lines.faults()
    yield from unusable
    if unusable:
        return
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            yield from lines.faults()
            return
        except csv.Error as error:
            yield Fault(lines.number, f"is not CSV: {error}")
            continue
        if lines.broken:
            yield from lines.faults()
        elif len(fields) == len(columns):
            yield Row(lines.number, dict(zip(columns, fields, strict=True)))
        elif fields:
            yield Fault(lines.number, f"has {len(fields)} fields where the header names {len(columns)}")


def _header_faults(columns: list[str], known: Collection[str], required: Collection[str]) -> Iterator[Fault]:
    if columns in ([], [""]):
        yield Fault(1, f"lacks the header line: {','.join(known)}")
        return
    for column in dict.fromkeys(columns):
        if column not in known:
            yield Fault(1, f"names an unknown column {column!r}; columns are {', '.join(known)}")
        elif columns.count(column) > 1:
            yield Fault(1, f"names the column {column!r} more than once")
    for column in required:
        if column not in columns:
            yield Fault(1, f"lacks the column {column!r}")


class _Lines:
    """The file's lines as text, counted; what is no UTF-8 is remembered as a fault of its line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.number = 0
        self.broken: list[Fault] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) == LONGEST_LINE:
            self._file.seek(0, 2)  # what follows is no line either
            self.broken.append(Fault(self.number, f"is longer than {LONGEST_LINE} bytes"))
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            self.broken.append(Fault(self.number, f"is not UTF-8 at byte {error.start + 1}"))
            return raw.decode(errors="replace")

    def faults(self) -> Iterator[Fault]:
        found, self.broken = self.broken, []
        yield from found
