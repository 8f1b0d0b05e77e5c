"""The operator's file of contracts: what a line of it says, what is wrong with it, and what it makes of a contract."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from services.contracts.domain.contracts import Contract, Details, composed, detail_faults
from shared.portals.policy import IdentifierRule

COLUMNS = ("number", "holder_identifier", "label", "street", "postal_code", "city")
REQUIRED = ("number",)
NOTHING = Details(number="", label="", street="", postal_code="", city="")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `details` holds only the fields whose column the file has: the others stay as they are."""

    details: Mapping[str, str]
    names_holder: bool  # whether the file has that column
    holder: str | None  # None: nobody

    @property
    def number(self) -> str:
        """What no two lines of a file may have in common."""
        return self.details["number"]


def read_entry(fields: Mapping[str, str]) -> Entry:
    """The line in our terms, right or wrong: `entry_faults` says which."""
    given = {field: text for field, text in fields.items() if field != "holder_identifier"}
    whole = asdict(composed(replace(NOTHING, **given)))
    return Entry(
        details={field: whole[field] for field in given},
        names_holder="holder_identifier" in fields,
        holder=fields.get("holder_identifier", "").strip() or None,
    )


def entry_faults(entry: Entry, rule: IdentifierRule) -> Iterator[str]:
    """Everything that is wrong with one line; names the field, and repeats nobody's data."""
    for fault in detail_faults(replace(NOTHING, **entry.details)):
        yield f"{fault.field}: {fault.message}"
    if entry.holder is not None and not rule.accepts(entry.holder):
        yield f"holder_identifier: is no identifier of this portal ({rule.described})"


def apply_entry(entry: Entry, contract: Contract) -> Contract:
    """The contract as the line has it: an equal one where nothing changed.

    A holder is wanted when the file comes to name them, not every night it still does: so who was dissociated at the
    desk stays so.
    """
    changed = replace(contract, details=replace(contract.details, **entry.details))
    if not entry.names_holder or entry.holder == contract.named_holder:
        return changed
    return replace(changed, named_holder=entry.holder, wanted_holder=entry.holder)
