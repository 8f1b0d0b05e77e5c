"""Every type of fact, by its name on the wire."""

from shared.events import accounts, contacts, contracts, notifications
from shared.events.base import Event

ALL: tuple[type[Event], ...] = (
    accounts.AccountOpened,
    accounts.PasswordRegenerated,
    accounts.ActivationMatchedSeveral,
    accounts.PasswordChanged,
    accounts.PasswordReleasedVerbally,
    accounts.CodeRequested,
    accounts.MailboxSharedChanged,
    accounts.AddressChangeRequested,
    accounts.AddressChanged,
    accounts.RegistrationRequested,
    accounts.RegistrationRepeated,
    accounts.ResetRequested,
    accounts.SessionsEnded,
    accounts.AccountClosed,
    accounts.AccountReopened,
    contacts.ContactChanged,
    contracts.ContractRegistered,
    contracts.ActivationKeyIssued,
    contracts.ActivationKeyRevoked,
    contracts.ContractLinked,
    contracts.ContractUnlinked,
    contracts.ActiveContractChanged,
    notifications.MailSent,
    notifications.MailRejected,
    notifications.MailExpired,
    notifications.MailSuperseded,
    notifications.MailWithheld,
    notifications.MailCancelled,
    notifications.MailUnknown,
)

_BY_TYPE = {event.type: event for event in ALL}


class UnknownType(LookupError):
    """A type this version does not know: a newer producer's, or a stranger's."""


def event_class(type_name: str) -> type[Event]:
    """Raises UnknownType."""
    try:
        return _BY_TYPE[type_name]
    except KeyError:
        raise UnknownType(type_name) from None
