"""What became of a mail. Codes and classes only, never the server's words: those may quote the mail."""

from typing import ClassVar
from uuid import UUID

from shared.events.base import AwareDatetime, Event
from shared.events.topics import Topic
from shared.ids import AccountId, DeliveryId, EventId


class MailEvent(Event):
    """`caused_by` is the id of the fact that asked for the mail, `mail` the template's name."""

    topic: ClassVar[Topic] = Topic.NOTIFICATIONS

    account_id: AccountId
    delivery_id: DeliveryId
    caused_by: EventId
    mail: str
    at: AwareDatetime

    @property
    def key(self) -> UUID:
        return self.account_id


class MailSent(MailEvent):
    """The recipient's server took the mail: a reply of class 2 after the final dot."""

    type: ClassVar[str] = "guichet.notifier.mail_sent.v1"

    attempts: int
    smtp_code: int


class MailRejected(MailEvent):
    """The server refused for good (class 5): the mail is not tried again."""

    type: ClassVar[str] = "guichet.notifier.mail_rejected.v1"

    attempts: int
    smtp_code: int
    enhanced_code: str | None = None


class MailExpired(MailEvent):
    """The deadline passed before a server took the mail."""

    type: ClassVar[str] = "guichet.notifier.mail_expired.v1"

    attempts: int


class MailSuperseded(MailEvent):
    """A newer credential made the mail pointless before it left (S1.15)."""

    type: ClassVar[str] = "guichet.notifier.mail_superseded.v1"

    by_generation: int | None = None  # of the newer credential; None: the mail showed none, a newer one says the same


class MailWithheld(MailEvent):
    """The address is a shared mailbox: no password goes there (B2)."""

    type: ClassVar[str] = "guichet.notifier.mail_withheld.v1"


class MailCancelled(MailEvent):
    """The account was closed or erased before the mail left."""

    type: ClassVar[str] = "guichet.notifier.mail_cancelled.v1"


class MailUnknown(MailEvent):
    """The connection broke between the final dot and the reply, twice: the mail may have arrived, and rests."""

    type: ClassVar[str] = "guichet.notifier.mail_unknown.v1"

    attempts: int
