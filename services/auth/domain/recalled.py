"""What an account is again after a restore, by what auth told others since the backup: never less careful than then."""

from dataclasses import replace
from datetime import UTC, datetime

from services.auth.domain.accounts import Account, Details
from services.auth.domain.credentials import Credential, end_unused
from shared.events import (
    AccountClosed,
    AccountReopened,
    AddressChanged,
    ContactChanged,
    Event,
    MailboxSharedChanged,
    PasswordChanged,
    PasswordRegenerated,
    PasswordReleasedVerbally,
)

LONG_AGO = datetime.min.replace(tzinfo=UTC)


def opened_since(contact: ContactChanged, at: datetime) -> Account:
    """An account the backup did not have. Its services, and whether it is a contact person, were told nobody."""
    details = Details(contact.title, contact.name, contact.address, contact.language)
    return Account(
        id=contact.account_id,
        portal=contact.portal,
        identifier=contact.identifier,
        details=details,
        contact_version=contact.version,
        opened_at=at,
        mailbox_shared=contact.shared,
    )


def reached_as_told(account: Account, contact: ContactChanged) -> Account:
    """The same object where the contact is no newer."""
    if contact.version <= account.contact_version:
        return account
    details = replace(
        account.details, title=contact.title, name=contact.name, email=contact.address, language=contact.language
    )
    return replace(account, details=details, contact_version=contact.version, mailbox_shared=contact.shared)


def closed_as_told(account: Account, event: Event) -> Account:
    """Closed or open, as the last of both was told."""
    as_of = max(account.closed_at or LONG_AGO, account.reopened_at or LONG_AGO)
    match event:
        case AccountClosed() if event.closed_at > as_of:
            return replace(account, closed_at=event.closed_at)
        case AccountReopened() if event.reopened_at > as_of:
            return replace(account, closed_at=None, reopened_at=event.reopened_at)
        case _:
            return account


def opening_as_told(credential: Credential, event: Event, now: datetime) -> Credential:
    """A password that was replaced opens nothing, though the one in its place is lost: its owner asks for another.

    What only ended unused passwords does so again.
    """
    match event:
        case PasswordRegenerated() | PasswordChanged() | PasswordReleasedVerbally():
            if event.generation > credential.generation:
                return Credential(credential.account_id, event.generation)
        case AddressChanged() | MailboxSharedChanged() | AccountClosed():
            if event.generation > credential.generation:
                return replace(end_unused(credential, now), generation=event.generation)
    return credential
