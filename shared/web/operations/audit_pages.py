"""`/audit/{service}`: who did what, when and from where, for people; the same as a file for their spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Annotated, get_args
from unicodedata import normalize
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from shared.access_tokens import DESK
from shared.audit import Action
from shared.audit.log import Found, Sought, export_entries, show_entries
from shared.ids import AccountId, ContractId
from shared.portals import Portal
from shared.web.desk import CurrentActor, ListedPortals, OfferedPortals, SeenPortals, needs
from shared.web.desk_pages import DeskPage
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.operations.audit import period
from shared.web.operations.csv_file import csv_of
from shared.web.operations.own import SERVICES, OwnDatabase, OwnService
from shared.web.pages import CurrentPages
from shared.web.visits import visit_of
from shared.web.words import Words

router = APIRouter(route_class=DeskPage)

PATH = "/audit/{service}"
FIELDS = ("portal", "account", "contract", "actor", "action", "from", "to")
MOST_CHARACTERS = 64
SHOWN = 100


@router.get(PATH, openapi_extra=needs("audit:read"))
async def audit_page(
    request: Request,
    service: OwnService,
    reader: CurrentActor,
    portals: ListedPortals,
    seen: SeenPortals,
    offered: OfferedPortals,
    db: OwnDatabase,
    pages: CurrentPages,
    after: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """What cannot be sought is said by its field, and nothing is looked for."""
    asked = {field: request.query_params.get(field, "").strip()[:MOST_CHARACTERS] for field in FIELDS}
    faults: Sequence[FieldFault] = ()
    try:
        sought = _sought(asked, portals)
        if request.query_params.get("format") == "csv":
            return csv_of(service, await export_entries(db, reader, sought))
        found = await show_entries(db, reader, sought, after=after, limit=SHOWN)
    except FieldsInvalid as error:
        found, faults = Found((), None), error.faults
    return pages.show(
        request,
        "desk/audit.html",
        status=422 if faults else 200,
        service=service,
        services=SERVICES,
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        faults=faults,
        entries=found.entries,
        after=found.after,
        actions=_actions(visit_of(request).words),
        titles=_titles(visit_of(request).words, seen, offered),
        said=_said,
        linking=_links(offered, found),
    )


def _sought(asked: Mapping[str, str], portals: Sequence[str] | None) -> Sought:
    """Raises FieldsInvalid."""
    faults: list[FieldFault] = []
    ids: dict[str, UUID | None] = {}
    for field in ("account", "contract"):
        try:
            ids[field] = UUID(asked[field]) if asked[field] else None
        except ValueError:
            faults.append(FieldFault(field, "not_an_id", "is no id"))
    try:
        since, until = period(asked["from"], asked["to"])
    except FieldsInvalid as error:
        faults += error.faults
    if faults:
        raise FieldsInvalid(faults)
    account, contract = ids["account"], ids["contract"]
    return Sought(
        portals,
        AccountId(account) if account else None,
        ContractId(contract) if contract else None,
        asked["actor"] or None,
        asked["action"] or None,
        since,
        until,
    )


def _actions(words: Words) -> Sequence[tuple[str, str]]:
    """Each with what it is called, in the order of those names."""
    return sorted(((action, words.text(f"desk.audit.actions.{action}")) for action in get_args(Action)), key=_name)


def _titles(words: Words, seen: Sequence[str] | None, offered: Sequence[Portal]) -> Mapping[str, str]:
    """What each portal is called; what belongs to none is shown to those alone who may see every one."""
    titles: dict[str, str] = {portal.name: portal.title for portal in offered}
    return titles if seen is not None else {**titles, DESK: words.text("desk.audit.desk")}


def _name(pair: tuple[str, str]) -> str:
    """As dictionaries order names: É beside E."""
    return normalize("NFKD", pair[1]).casefold()


def _said(words: Words, value: object) -> str:
    """A detail as text: several are parted by commas; a refusal or an outcome that has words is said by them."""
    if isinstance(value, list):
        return ", ".join(_said(words, each) for each in value)
    return words.known(f"error.{value}", words.known(f"desk.person.outcome.{value}", str(value)))


def _links(offered: Sequence[Portal], found: Found) -> bool:
    """Whether the portal of what was found links contracts: then the account has a tab for them."""
    of = {entry.portal for entry in found.entries}
    return any(portal.policy.linking for portal in offered if portal.name in of)
