"""What the notifier knows of an account: how the person is reached, and what forbids a mail."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.ids import AccountId, Language, PortalName


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached, as of one version of the customer file."""

    version: int
    identifier: str
    address: str
    title: str
    name: str
    language: Language
    shared: bool  # several people read this mailbox: no password goes there (B2)


@dataclass(frozen=True, slots=True)
class Account:
    """A projection of auth's facts. The streams it is fed from have no common order, so any fact may be the first."""

    id: AccountId
    portal: PortalName
    generation: int = 0  # of the newest credential heard of
    contact: Contact | None = None
    erased: bool = False
    closed: bool = False
    closed_as_of: datetime | None = None  # when the last closing or reopening heard of was committed

    @property
    def gone(self) -> bool:
        return self.closed or self.erased

    def reached_by(self, contact: Contact) -> "Account":
        """With this contact, unless it is older than the known one. Who was erased stays erased (B9)."""
        if self.erased or (self.contact is not None and contact.version <= self.contact.version):
            return self
        return replace(self, contact=contact)

    def without_contact(self) -> "Account":
        """Erased: nothing of the person is kept, and no later contact brings them back."""
        return replace(self, contact=None, erased=True)

    def with_credential(self, generation: int) -> "Account":
        return replace(self, generation=max(self.generation, generation))

    def with_closing(self, closed: bool, at: datetime) -> "Account":
        """Closed or open as of `at`; a fact replayed after a later one changes nothing."""
        if self.closed_as_of is not None and at < self.closed_as_of:
            return self
        return replace(self, closed=closed, closed_as_of=at)
