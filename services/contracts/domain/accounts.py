"""What contracts knows of an account: a projection of auth's facts, and which of its contracts is active."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.events import ContactChanged
from shared.ids import AccountId, ContractId, Language, PortalName
from shared.versions import next_version


@dataclass(frozen=True, slots=True)
class Contact:
    version: int
    identifier: str
    name: str
    language: Language


@dataclass(frozen=True, slots=True)
class Account:
    """The streams it is fed from have no common order, and links come before any of them: all may be the first."""

    id: AccountId
    portal: PortalName
    contact: Contact | None = None
    erased: bool = False
    sessions_ended_at: datetime | None = None  # access tokens issued before are refused
    closed: bool = False  # it signs nobody in (B11); what it has, it keeps
    closed_as_of: datetime | None = None  # when the last closing or reopening heard of was committed
    active: ContractId | None = None
    active_version: int = 0  # only grows, and follows the clock

    @property
    def identifier(self) -> str | None:
        return None if self.contact is None else self.contact.identifier

    def reached_by(self, fact: ContactChanged) -> "Account":
        """With this contact, unless it is older than the known one. Who was erased stays erased (B9)."""
        if self.erased or (self.contact is not None and fact.version <= self.contact.version):
            return self
        return replace(self, contact=Contact(fact.version, fact.identifier, fact.name, fact.language))

    def without_contact(self) -> "Account":
        """Erased: nothing of the person is kept, and no later contact brings them back."""
        return replace(self, contact=None, erased=True)

    def signed_out(self, at: datetime) -> "Account":
        """A fact replayed after a later one changes nothing."""
        if self.sessions_ended_at is not None and at <= self.sessions_ended_at:
            return self
        return replace(self, sessions_ended_at=at)

    def with_closing(self, closed: bool, at: datetime) -> "Account":
        """Closed or open as of `at`; a fact replayed after a later one changes nothing."""
        if self.closed_as_of is not None and at < self.closed_as_of:
            return self
        return replace(self, closed=closed, closed_as_of=at)

    def looking_at(self, contract_id: ContractId | None, now: datetime) -> "Account":
        """With another active contract: the same object where it is the same one."""
        if contract_id == self.active:
            return self
        return replace(self, active=contract_id, active_version=next_version(self.active_version, now))

    def seeing_anew(self, now: datetime) -> "Account":
        """With the same active contract, which has another title now."""
        return replace(self, active_version=next_version(self.active_version, now))
