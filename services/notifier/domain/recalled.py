"""A delivery as the notifier itself told others of it: enough to know, after a restore, that it is at its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.notifier.domain.deliveries import State
from shared.events import (
    MailCancelled,
    MailEvent,
    MailExpired,
    MailRejected,
    MailSent,
    MailSuperseded,
    MailUnknown,
    MailWithheld,
)

_STATES: Mapping[type[MailEvent], State] = {
    MailSent: State.SENT,
    MailRejected: State.REJECTED,
    MailExpired: State.EXPIRED,
    MailSuperseded: State.SUPERSEDED,
    MailWithheld: State.WITHHELD,
    MailCancelled: State.CANCELLED,
    MailUnknown: State.UNKNOWN,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ended:
    """`ended_by`: the number of the try that ended it; None: none did."""

    event: MailEvent
    traceparent: str
    state: State
    ended_by: int | None

    @property
    def tries(self) -> int:
        return int(getattr(self.event, "attempts", 0))

    @property
    def asked_at(self) -> datetime:
        """When the fact that asked for it was made, to the millisecond: its id begins with that (UUIDv7)."""
        return EPOCH + timedelta(milliseconds=self.event.caused_by.int >> 80)


def ended(event: MailEvent, traceparent: str) -> Ended:
    ended_by = event.attempts if isinstance(event, MailSent | MailRejected | MailUnknown) else None
    return Ended(event, traceparent, _STATES[type(event)], ended_by)
