"""The published language: what the services say to each other, and to whoever subscribes."""

from shared.events.accounts import (
    AccountClosed,
    AccountOpened,
    AccountReopened,
    ActivationMatchedSeveral,
    PasswordChanged,
    PasswordRegenerated,
    RegistrationRepeated,
    RegistrationRequested,
    ResetRequested,
    SessionsEnded,
)
from shared.events.base import Event
from shared.events.contacts import ContactChanged
from shared.events.contracts import (
    ActivationKeyIssued,
    ActivationKeyRevoked,
    ActiveContractChanged,
    ContractLinked,
    ContractRegistered,
    ContractUnlinked,
)
from shared.events.notifications import (
    MailCancelled,
    MailEvent,
    MailExpired,
    MailRejected,
    MailSent,
    MailSuperseded,
    MailUnknown,
    MailWithheld,
)
from shared.events.topics import Topic

__all__ = [
    "AccountClosed",
    "AccountOpened",
    "AccountReopened",
    "ActivationKeyIssued",
    "ActivationKeyRevoked",
    "ActivationMatchedSeveral",
    "ActiveContractChanged",
    "ContactChanged",
    "ContractLinked",
    "ContractRegistered",
    "ContractUnlinked",
    "Event",
    "MailCancelled",
    "MailEvent",
    "MailExpired",
    "MailRejected",
    "MailSent",
    "MailSuperseded",
    "MailUnknown",
    "MailWithheld",
    "PasswordChanged",
    "PasswordRegenerated",
    "RegistrationRepeated",
    "RegistrationRequested",
    "ResetRequested",
    "SessionsEnded",
    "Topic",
]
