"""The operator's customer file: what a line of it says, what is wrong with it, and what it makes of an account."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.auth.domain.accounts import Account, Details, correct
from services.auth.domain.details import composed, detail_faults
from services.auth.domain.names import folded
from shared.ids import Language
from shared.portals.policy import IdentifierRule

COLUMNS = ("identifier", "title", "name", "email", "language", "shared_mailbox", "contact_person", "services")
REQUIRED = ("identifier", "name", "email")
BOOLEANS = {"true": True, "false": False, "": False}


@dataclass(frozen=True, slots=True)
class FileRules:
    """What the portal says of its customer file."""

    identifier: IdentifierRule
    services: tuple[str, ...]
    language: Language  # of who names none


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `details` holds only the fields whose column the file has: the others stay as they are."""

    identifier: str | None  # None: the account of this name and address, or else a new one
    details: Mapping[str, Any]
    mailbox_shared: bool | None  # said of the address; None: the file has no such column

    @property
    def address(self) -> str:
        """In the form in which addresses are compared."""
        return folded(self.details["email"])

    @property
    def person(self) -> tuple[str, str]:
        """Who is meant where no identifier says it."""
        return self.address, self.details["name"]

    @property
    def shared_address(self) -> str | None:
        """Which address the line calls a shared mailbox."""
        return (self.address or None) if self.mailbox_shared else None

    @property
    def key(self) -> str:
        """What no two lines of a file may have in common."""
        return self.identifier or "\0".join(self.person)


def read_entry(fields: Mapping[str, str], rules: FileRules) -> Entry:
    """The line in our terms, right or wrong: `entry_faults` says which."""
    given: dict[str, Any] = {}
    for column, convert in _CONVERT.items():
        if column in fields:
            given[column] = convert(fields[column])
    if given.get("language") == "":
        given["language"] = rules.language
    whole = composed(replace(Details("", "", "", rules.language), **given))
    return Entry(
        identifier=fields["identifier"].strip() or None,
        details={name: getattr(whole, name) for name in given},
        mailbox_shared=BOOLEANS.get(fields["shared_mailbox"]) if "shared_mailbox" in fields else None,
    )


def entry_faults(entry: Entry, fields: Mapping[str, str], rules: FileRules) -> Iterator[str]:
    """Everything that is wrong with one line; names the field, and repeats no person's data."""
    if entry.identifier is None and entry.details["email"] == "":
        yield "identifier: is empty, and without an email nobody could tell whose line this is"
    if entry.identifier is not None and not rules.identifier.accepts(entry.identifier):
        yield f"identifier: is no identifier of this portal ({rules.identifier.described})"
    for column in ("shared_mailbox", "contact_person"):
        if fields.get(column, "") not in BOOLEANS:
            yield f"{column}: is neither true nor false"
    for fault in detail_faults(entry.details, rules.services):
        yield f"{fault.field}: {fault.message}"


def apply_entry(entry: Entry, account: Account, *, mailbox_shared: bool, now: datetime) -> Account:
    """The account as the line has it: the same object where nothing changed. What is said of its address, other lines
    say too, and the desk."""
    return correct(account, replace(account.details, **entry.details), mailbox_shared=mailbox_shared, now=now)


_CONVERT: Mapping[str, Callable[[str], Any]] = {
    "title": str,
    "name": str,
    "email": str,
    "language": lambda text: Language(text.strip()),
    "contact_person": lambda text: BOOLEANS.get(text, False),
    "services": lambda text: tuple(part.strip() for part in text.split("|") if part.strip()),
}
