"""The audit as a CSV file (RFC 4180), lot by lot, that no spreadsheet takes for formulas."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Sequence

from starlette.responses import Response, StreamingResponse

from shared.audit.log import Entry

COLUMNS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "origin",
    "action",
    "portal",
    "account_id",
    "contract_id",
    "details",
)
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")  # what a cell begins with that a spreadsheet would run (OWASP, CSV injection)


def csv_of(service: str, lots: AsyncIterator[Sequence[Entry]]) -> Response:
    """A download; where the database goes away in the middle, it is cut off rather than ended."""

    async def lines() -> AsyncIterator[str]:
        yield written([COLUMNS])
        async for lot in lots:
            yield written(map(_row, lot))

    name = f'attachment; filename="audit-{service}.csv"'
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


def written(rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([safe(cell) for cell in row] for row in rows)
    return file.getvalue()


def safe(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULAS) else text


def _row(entry: Entry) -> Sequence[object]:
    actor = entry.actor
    about = entry.account_id, entry.contract_id, json.dumps(entry.details, ensure_ascii=False)
    return entry.seq, entry.at.isoformat(), actor.kind, actor.id, actor.origin, entry.action, entry.portal, *about
