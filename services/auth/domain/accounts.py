"""Accounts: one line of the operator's customer file each."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.auth.domain.names import folded
from shared.events import ContactChanged
from shared.ids import AccountId, Language, PortalName
from shared.versions import next_version


@dataclass(frozen=True, slots=True)
class Details:
    """What the customer file says of a person, and may say otherwise tomorrow."""

    title: str
    name: str
    email: str  # as given, for sending; "" where the file has none
    language: Language
    contact_person: bool = False
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    id: AccountId
    portal: PortalName
    identifier: str  # never changes, never reused (S1.9)
    details: Details
    contact_version: int  # only grows, and follows the clock, so that a restored database does not fall behind
    opened_at: datetime
    closed_at: datetime | None = None
    reopened_at: datetime | None = None  # when it was last, if ever; later than the closing before
    mailbox_shared: bool = False  # a copy of what is said of its address: see `domain/mailboxes.py`

    @property
    def person(self) -> tuple[str, str]:
        """Who is meant where a file gives no identifier: a name at an address."""
        return self.address, self.details.name

    @property
    def address(self) -> str:
        """In the form in which addresses are compared."""
        return folded(self.details.email)

    @property
    def gets_passwords(self) -> bool:
        """Whether there is an address to mail one to that is the person's alone (B2)."""
        return self.details.email != "" and not self.mailbox_shared and self.closed_at is None

    @property
    def contact(self) -> ContactChanged:
        """The fact to publish whenever the version has moved on."""
        return ContactChanged(
            account_id=self.id,
            portal=self.portal,
            version=self.contact_version,
            identifier=self.identifier,
            address=self.details.email,
            title=self.details.title,
            name=self.details.name,
            language=self.details.language,
            shared=self.mailbox_shared,
        )


def nobody(account_id: AccountId, portal: PortalName, now: datetime) -> Account:
    """An account that does not exist, for the work that is done in vain."""
    details = Details(title="", name="", email="", language=Language(""))
    return Account(account_id, portal, "", details, contact_version=next_version(0, now), opened_at=now)


def correct(account: Account, details: Details, *, mailbox_shared: bool, now: datetime) -> Account:
    """The account with other details: unchanged it is the same object; a changed contact is a new version of it."""
    corrected = replace(account, details=details, mailbox_shared=mailbox_shared)
    if corrected == account:
        return account
    if corrected.contact == account.contact:
        return corrected
    return replace(corrected, contact_version=next_version(account.contact_version, now))


A_MOMENT = timedelta(microseconds=1)


def close(account: Account, now: datetime) -> Account:
    """The account when it signs nobody in any more (B11); one that is closed already is the same object.

    Others go by the time of a closing or reopening: each is later than the one before, whatever the clock says.
    """
    if account.closed_at is not None:
        return account
    return replace(account, closed_at=max(now, (account.reopened_at or account.opened_at) + A_MOMENT))


def reopen(account: Account, now: datetime) -> Account:
    """One that is open is the same object."""
    if account.closed_at is None:
        return account
    return replace(account, closed_at=None, reopened_at=max(now, account.closed_at + A_MOMENT))
