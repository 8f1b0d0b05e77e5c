"""The published language: what the services say to each other, and to whoever subscribes."""

from shared.events.accounts import (
    AccountClosed,
    AccountOpened,
    AccountReopened,
    ActivationMatchedSeveral,
    PasswordRegenerated,
    SessionsEnded,
)
from shared.events.base import Event
from shared.events.contacts import ContactChanged
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
    "ActivationMatchedSeveral",
    "ContactChanged",
    "Event",
    "MailCancelled",
    "MailEvent",
    "MailExpired",
    "MailRejected",
    "MailSent",
    "MailSuperseded",
    "MailUnknown",
    "MailWithheld",
    "PasswordRegenerated",
    "SessionsEnded",
    "Topic",
]
