"""Contracts: what people link to their accounts; the operator's customer file says what is in them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from shared.details import DetailFault, DetailsNotAcceptable, text_faults
from shared.ids import ContractId, PortalName

LONGEST = {"number": 60, "label": 120, "street": 200, "postal_code": 20, "city": 100}  # characters
BLANKS = " \u00a0"  # forgiven around a text; a line end there is a fault like any other


@dataclass(frozen=True, slots=True)
class Details:
    """What people see of a contract. The number is the operator's name for it, and never changes."""

    number: str
    label: str
    street: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class Contract:
    id: ContractId
    portal: PortalName
    details: Details
    named_holder: str | None = None  # identifier of the account that the operator's file named last
    wanted_holder: str | None = None  # the same, until that account has the contract

    @property
    def title(self) -> str:
        """What it is called where there is room for one text."""
        return self.details.label or self.details.number

    def linked(self, *, active: bool) -> "LinkedContract":
        """As its holder sees it."""
        return LinkedContract(self.id, **asdict(self.details), active=active)


@dataclass(frozen=True, slots=True)
class LinkedContract:
    """A contract as its holder sees it; `active` on every device, until changed (S0.10)."""

    id: ContractId
    number: str
    label: str
    street: str
    postal_code: str
    city: str
    active: bool

    @property
    def address(self) -> str:
        """In one line; what is missing leaves no gap."""
        place = " ".join(filter(None, (self.postal_code, self.city)))
        return ", ".join(filter(None, (self.street, place)))


def composed(details: Details) -> Details:
    """The details in NFC and without blanks around them, so that a number is found however it was typed."""
    tidy = {field: unicodedata.normalize("NFC", text.strip(BLANKS)) for field, text in asdict(details).items()}
    return Details(**tidy)


def acceptable(details: Details) -> Details:
    """The details, composed. Raises DetailsNotAcceptable with every fault."""
    tidy = composed(details)
    if faults := tuple(detail_faults(tidy)):
        raise DetailsNotAcceptable(faults)
    return tidy


def detail_faults(details: Details) -> Iterator[DetailFault]:
    """Everything that is wrong with details that are composed. Only the number must be there."""
    if not details.number:
        yield DetailFault("number", "missing", "is empty")
    for field, text in asdict(details).items():
        yield from text_faults(field, text, LONGEST[field])
