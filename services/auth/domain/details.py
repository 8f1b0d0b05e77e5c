"""Which details of a person are acceptable: for the desk and the customer file alike."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from services.auth.domain.accounts import Details
from services.auth.domain.addresses import address_fault
from shared.characters import JOINERS
from shared.details import DetailFault, DetailsNotAcceptable, text_faults

LONGEST = {"title": 60, "name": 200}  # characters; what still fits a mail's first line
BLANKS = " \u00a0"  # forgiven around a text; a line end there is a fault like any other
LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")  # BCP 47, as far as portals speak it


def composed(details: Details) -> Details:
    """The details in NFC, so that a name is found however it was typed."""
    return Details(
        title=unicodedata.normalize("NFC", details.title.strip(BLANKS)),
        name=unicodedata.normalize("NFC", details.name.strip(BLANKS)),
        email=details.email.strip(BLANKS),
        language=details.language,
        contact_person=details.contact_person,
        services=tuple(sorted(set(details.services))),
    )


def acceptable(details: Details, offered_services: tuple[str, ...]) -> Details:
    """The details, composed. Raises DetailsNotAcceptable with every fault."""
    tidy = composed(details)
    faults = tuple(detail_faults(asdict(tidy), offered_services))
    if faults:
        raise DetailsNotAcceptable(faults)
    return tidy


def detail_faults(given: Mapping[str, Any], offered_services: tuple[str, ...]) -> Iterator[DetailFault]:
    """Everything that is wrong with the fields of `given` (named as in Details; an absent field has no fault)."""
    for field in ("title", "name"):
        text = given.get(field)
        if text is not None:
            yield from text_faults(field, text, LONGEST[field])
    name = given.get("name")
    if name is not None and not name.strip(BLANKS + JOINERS):
        yield DetailFault("name", "missing", "is empty")
    email = given.get("email")
    if email and (fault := address_fault(email)):
        yield DetailFault("email", "not_an_address", fault)
    language = given.get("language")
    if language is not None and not LANGUAGE.fullmatch(language):
        yield DetailFault("language", "not_a_language", "is not a language code such as fr or en")
    for service in given.get("services") or ():
        if service not in offered_services:
            known = ", ".join(offered_services) or "none"
            message = f"names a service the portal does not have; it has {known}"
            yield DetailFault("services", "service_unknown", message)
