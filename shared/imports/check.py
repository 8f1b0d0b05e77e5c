"""A file is read as a whole before anything of it is applied."""

import hashlib
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Generic, TypeVar

from shared.imports.rows import Fault, Row, read_rows

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class FileFormat(Generic[E]):
    """What the lines of a file say."""

    columns: Collection[str]
    required: Collection[str]
    read: Callable[[Mapping[str, str]], E]
    faults: Callable[[E, Mapping[str, str]], Iterable[str]]  # each names its field, and repeats nobody's data
    key: Callable[[E], str]  # what a line means, and no second line of the file may
    repeated: Callable[[E, int], str]  # what to say where one does, and the earlier one's number
    gather: Callable[[E], str | None] = lambda _: None  # what of a line is to be known before any takes effect

    def rows(self, file: IO[bytes]) -> Iterator[Row | Fault]:
        return read_rows(file, known=self.columns, required=self.required)

    def entries(self, file: IO[bytes]) -> Iterator[E]:
        """What a file that was checked says, line by line."""
        return (self.read(row.fields) for row in self.rows(file) if not isinstance(row, Fault))


@dataclass(frozen=True, slots=True)
class Checked:
    """`fingerprint` is the file's SHA-256: the same file again goes on where it was broken off. `gathered`: what its
    lines say that bears on others."""

    rows: int
    faults: int
    fingerprint: bytes
    gathered: Collection[str] = frozenset()


def check_file(
    file: IO[bytes], layout: FileFormat[E], report: Callable[[Fault], None], advanced: Callable[[int], None]
) -> Checked:
    """Every fault is reported with its line. Memory: eight bytes a line, to find what is there twice; and what is
    gathered."""
    digests, gathered, rows, faults = array("Q"), set[str](), 0, 0
    found: Iterable[Fault]
    for row in layout.rows(file):
        if isinstance(row, Fault):
            found = [row]
        else:
            rows += 1
            entry = layout.read(row.fields)
            found = [Fault(row.line, text) for text in layout.faults(entry, row.fields)]
            digests.append(_digest(layout.key(entry)))
            if (said := layout.gather(entry)) is not None:
                gathered.add(said)
            advanced(rows)
        for fault in found:
            faults += 1
            report(fault)
    for fault in _repeated(file, layout, digests):
        faults += 1
        report(fault)
    return Checked(rows, faults, _fingerprint(file), gathered)


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())


def _repeated(file: IO[bytes], layout: FileFormat[E], digests: "array[int]") -> Iterator[Fault]:
    """Lines that mean the same as an earlier one; the file is read again only if there may be some."""
    in_order = sorted(digests)
    suspects = {one for one, following in pairwise(in_order) if one == following}
    del in_order
    if not suspects:
        return
    first_lines: dict[str, int] = {}
    for row in layout.rows(file):
        if isinstance(row, Fault):
            continue
        entry = layout.read(row.fields)
        key = layout.key(entry)
        if _digest(key) in suspects and (first := first_lines.setdefault(key, row.line)) != row.line:
            yield Fault(row.line, layout.repeated(entry, first))


def _fingerprint(file: IO[bytes]) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.digest()
