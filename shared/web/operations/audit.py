"""The audit of this service over the desk's API: who did what, when and from where; as JSON page by page, or whole as
CSV."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from shared.audit.log import Entry, Sought, export_entries, show_entries
from shared.ids import AccountId, ContractId
from shared.web.desk import CurrentActor, ListedPortals, needs
from shared.web.desk_audit import AuditedDeskRoute
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.models import Body
from shared.web.operations.csv_file import csv_of
from shared.web.operations.own import OwnDatabase, OwnService

router = APIRouter(route_class=AuditedDeskRoute, tags=["desk"])

AUDIT = "/api/v1/audit/{service}"
READING = needs("audit:read")
MOST = 500

DAY = "A day, or a moment (ISO 8601)."


class EntryShown(Body):
    id: int
    at: datetime
    actor_kind: str = Field(description="customer, client (a machine), staff, operator (a command) or anonymous.")
    actor_id: str
    origin: str = Field(description="The client's address, or the command that was used.")
    action: str
    portal: str = Field(description='"desk" where it is of no portal.')
    account_id: AccountId | None
    contract_id: ContractId | None
    details: Mapping[str, Any]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            id=entry.seq,
            at=entry.at,
            actor_kind=entry.actor.kind,
            actor_id=entry.actor.id,
            origin=entry.actor.origin,
            action=entry.action,
            portal=entry.portal,
            account_id=entry.account_id,
            contract_id=entry.contract_id,
            details=entry.details,
        )


class EntryList(Body):
    items: list[EntryShown]
    after: int | None = Field(description="Where the next page, of older entries, begins; null at the end.")


@router.get(
    AUDIT,
    openapi_extra=READING,
    response_model=EntryList,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_audit(
    request: Request,
    service: OwnService,
    reader: CurrentActor,
    db: OwnDatabase,
    portals: ListedPortals,
    account_id: AccountId | None = None,
    contract_id: ContractId | None = None,
    actor: Annotated[str | None, Query(max_length=64, description="Somebody's id, or a kind of actors.")] = None,
    action: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[str | None, Query(alias="from", max_length=40, description=DAY)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=40, description=DAY + " The whole of a day.")] = None,
    after: int | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    format_: Annotated[Literal["json", "csv"] | None, Query(alias="format")] = None,
) -> EntryList | Response:
    """The newest entries first, of the portals the caller may see. As CSV (`Accept: text/csv`, or `format=csv`) all of
    them at once."""
    begins, ends = period(since, until)
    sought = Sought(portals, account_id, contract_id, actor or None, action or None, begins, ends)
    if format_ == "csv" or (format_ is None and "text/csv" in request.headers.get("accept", "")):
        return csv_of(service, await export_entries(db, reader, sought))
    found = await show_entries(db, reader, sought, after=after, limit=limit)
    return EntryList(items=[EntryShown.of(entry) for entry in found.entries], after=found.after)


def period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """From the first moment to the one before which it ends; days are those of the place where the service runs (`TZ`).

    Raises FieldsInvalid.
    """
    faults: list[FieldFault] = []
    bounds: list[datetime | None] = []
    for field, text, last in (("from", since, False), ("to", until, True)):
        try:
            bounds.append(_moment(text, whole_day=last) if text else None)
        except (ValueError, OverflowError):
            faults.append(FieldFault(field, "not_a_day", "is no day or moment like 2026-03-14 or 2026-03-14T09:26:53Z"))
    if faults:
        raise FieldsInvalid(faults)
    return bounds[0], bounds[1]


def _moment(text: str, *, whole_day: bool) -> datetime:
    """`whole_day`: a day's end rather than its beginning. Raises ValueError, OverflowError."""
    at = datetime.fromisoformat(text)
    if whole_day and len(text) <= len("2026-03-14"):
        at += timedelta(days=1)
    return at.astimezone()
