"""A customer file is read as a whole before anything of it is applied."""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

from services.auth.domain.customer_file import COLUMNS, REQUIRED, Entry, FileRules, entry_faults, read_entry
from shared.import_files import Fault, read_rows
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class Checked:
    """`fingerprint` is the file's SHA-256: the same file again goes on where it was broken off."""

    rows: int
    faults: int
    fingerprint: bytes


def rules_of(portal: Portal) -> FileRules:
    return FileRules(portal.policy.identifier, portal.services, portal.languages[0])


def entries(file: IO[bytes], portal: Portal) -> Iterator[Entry]:
    """What a file that was checked says, line by line."""
    rules = rules_of(portal)
    for row in read_rows(file, known=COLUMNS, required=REQUIRED):
        if not isinstance(row, Fault):
            yield read_entry(row.fields, rules)


def check_customer_file(
    file: IO[bytes], portal: Portal, report: Callable[[Fault], None], advanced: Callable[[int], None]
) -> Checked:
    """Every fault is reported with its line. Memory: eight bytes a line, to find what is there twice."""
    rules, digests, rows, faults = rules_of(portal), array("Q"), 0, 0
    found: Iterable[Fault]
    for row in read_rows(file, known=COLUMNS, required=REQUIRED):
        if isinstance(row, Fault):
            found = [row]
        else:
            rows += 1
            entry = read_entry(row.fields, rules)
            found = [Fault(row.line, text) for text in entry_faults(entry, row.fields, rules)]
            digests.append(_digest(entry))
            advanced(rows)
        for fault in found:
            faults += 1
            report(fault)
    for fault in _repeated(file, rules, digests):
        faults += 1
        report(fault)
    return Checked(rows, faults, _fingerprint(file))


def _digest(entry: Entry) -> int:
    return int.from_bytes(hashlib.blake2b(entry.key.encode(), digest_size=8).digest())


def _repeated(file: IO[bytes], rules: FileRules, digests: "array[int]") -> Iterator[Fault]:
    """Lines that mean the same account as an earlier one; the file is read again only if there may be some."""
    in_order = sorted(digests)
    suspects = {one for one, following in pairwise(in_order) if one == following}
    del in_order
    if not suspects:
        return
    first_lines: dict[str, int] = {}
    for row in read_rows(file, known=COLUMNS, required=REQUIRED):
        if isinstance(row, Fault):
            continue
        entry = read_entry(row.fields, rules)
        if _digest(entry) in suspects and (first := first_lines.setdefault(entry.key, row.line)) != row.line:
            what = "this identifier" if entry.identifier else "this name and email, and no identifier"
            yield Fault(row.line, f"identifier: line {first} has {what} already")


def _fingerprint(file: IO[bytes]) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.digest()
