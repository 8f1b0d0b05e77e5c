"""The fields of a person's details: of who is there already, and of who is new."""

from collections.abc import Collection, Mapping, Sequence

from fastapi import Request
from starlette.responses import Response

from services.auth.domain.accounts import Details
from services.auth.http.desk_pages.account import service_names
from services.auth.http.desk_pages.met import Met
from shared.details import DetailsNotAcceptable
from shared.ids import Language
from shared.portals import Portal
from shared.web.bodies import escape
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.pages import Pages
from shared.web.visits import visit_of

FIELDS = frozenset({"title", "name", "email", "language", "contact_person"})
SERVICE = "service-"  # before a service's id: the name of its box


def details_of(portal: Portal, form: Mapping[str, str], *, besides: Collection[str] = ()) -> Details:
    """What was typed, whatever it was: the domain knows what is acceptable. A box that is not ticked is not sent.

    `besides`: other fields that the form has. Raises FieldsInvalid for one that it has not.
    """
    boxes = {SERVICE + service: service for service in portal.services}
    if unknown := form.keys() - FIELDS - boxes.keys() - set(besides):
        raise FieldsInvalid([FieldFault(escape(name[:64]), "field_unknown", "unknown") for name in sorted(unknown)])
    return Details(
        title=form.get("title", ""),
        name=form.get("name", ""),
        email=form.get("email", ""),
        language=Language(form.get("language") or portal.languages[0]),
        contact_person="contact_person" in form,
        services=tuple(service for box, service in boxes.items() if box in form),
    )


def show_details(
    request: Request,
    pages: Pages,
    template: str,
    portal: Portal,
    details: Details,
    *,
    met: Met | None = None,
    identifier: str = "",
    shared_mailbox: bool = False,
    refusal: DetailsNotAcceptable | None = None,
) -> Response:
    """`met`: whose they are, if anybody's yet. `refusal`: why what was typed was not taken."""
    faults: Sequence[FieldFault] = []
    if refusal is not None:
        faults = [FieldFault(fault.field, fault.code, fault.message) for fault in refusal.faults]
    return pages.show(
        request,
        template,
        status=422 if refusal else 200,
        of=portal,
        details=details,
        faults=faults,
        languages=list(dict.fromkeys((*portal.languages, details.language))),
        services=service_names(visit_of(request).words, portal, portal.services),
        met=met,
        identifier=identifier,
        shared_mailbox=shared_mailbox,
    )
