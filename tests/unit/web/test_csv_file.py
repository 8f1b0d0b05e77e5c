"""The audit as a file: no cell is a formula, whatever somebody had written there."""

import csv
import io
from datetime import UTC, datetime

import pytest

from shared.audit.actors import Actor
from shared.audit.log import Entry
from shared.web.operations.csv_file import COLUMNS, csv_of, safe, written


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert next(csv.reader(io.StringIO(written([[cell]]), newline=""))) == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "1", "a=b", "2026-03-14", '{"a": "=1"}', 'say "yes", or\nno'])
def test_everything_else_is_read_back_as_it_was(cell: str) -> None:
    assert next(csv.reader(io.StringIO(written([[cell, "x"]]), newline=""))) == [cell, "x"]


async def test_it_has_a_line_of_names_and_one_for_each_entry() -> None:
    at = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    entry = Entry(7, at, Actor("staff", "x", "127.0.0.1"), "audit_shown", "sample", None, None, {"a": 1})

    async def lots():
        yield [entry]
        yield [entry]

    answer = csv_of("auth", lots())
    body = "".join([str(part) async for part in answer.body_iterator])  # type: ignore[attr-defined]

    names, *lines = csv.reader(io.StringIO(body, newline=""))
    assert tuple(names) == COLUMNS
    assert lines == [["7", at.isoformat(), "staff", "x", "127.0.0.1", "audit_shown", "sample", "", "", '{"a": 1}']] * 2
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-auth.csv"'
