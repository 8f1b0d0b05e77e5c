"""New people (S2.9), as the contact person names them: « le nom complet ainsi que l'adresse courriel de chacun »."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from services.auth.domain.accounts import Account, Details
from services.auth.domain.details import composed, detail_faults
from services.auth.domain.errors import PeopleIncomplete
from services.auth.domain.names import folded
from shared.details import DetailFault

FULL = 2  # words that a full name has at least


@dataclass(frozen=True, slots=True)
class NewPerson:
    """As the request has them; "" for what it does not say."""

    name: str
    email: str


def details_of(people: Sequence[NewPerson], contact_person: Account, offered_services: Sequence[str]) -> list[Details]:
    """What the customer file is to say of each: they speak the contact person's language, and are subscribed to what
    that one is. Raises PeopleIncomplete, naming each place where something is missing or wrong."""
    services = tuple(one for one in contact_person.details.services if one in offered_services)
    language = contact_person.details.language
    wanted = [composed(Details("", one.name, one.email, language, services=services)) for one in people]
    faults = [fault for place, details in enumerate(wanted) for fault in _faults(f"people/{place}", details)]
    if not people:
        faults = [DetailFault("people", "missing", "is empty")]
    if faults:
        raise PeopleIncomplete(faults)
    return wanted


def _faults(place: str, details: Details) -> Iterator[DetailFault]:
    if details.email == "":
        yield DetailFault(f"{place}/email", "missing", "is empty")
    if details.name and sum(any(map(str.isalpha, word)) for word in details.name.split()) < FULL:
        yield DetailFault(f"{place}/name", "name_not_full", "is not a full name: first name and surname")
    for fault in detail_faults(asdict(details), details.services):
        yield DetailFault(f"{place}/{fault.field}", fault.code, fault.message)


def same_person(details: Details) -> tuple[str, str]:
    """What two have in common who are one: name and address, however their letters are written."""
    return folded(details.email), " ".join(details.name.casefold().split())
