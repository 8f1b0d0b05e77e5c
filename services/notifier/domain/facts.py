"""What each fact changes, and which mail it asks for: `(account, fact) -> (account, delivery)`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from services.notifier.domain.accounts import Account, Contact
from services.notifier.domain.asked import Asking, mail_asked, mails_nobody
from services.notifier.domain.deliveries import Delivery, State, delivery_id, review, superseded_by
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
from shared.ids import AccountId, EventId, PortalName

Heard = Asking | AccountClosed | AccountReopened | ContactChanged | MailboxSharedChanged

HEARD: tuple[type[Event], ...] = get_args(Heard)
"""The facts that mean something to the notifier; each names its account, whatever its key is."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to an account; `event` None: its contact was erased."""

    id: EventId
    account_id: AccountId
    portal: PortalName
    occurred_at: datetime
    traceparent: str
    event: Heard | None


def fold(account: Account, fact: Fact) -> tuple[Account, Delivery | None]:
    """The account after the fact, and the mail the fact asks for, not yet judged.

    A fact older than what is known changes nothing: the streams have no common order, and dead letters come back late.
    """
    match fact.event:
        case None:
            return account.without_contact(), None
        case ContactChanged() as event:
            return account.reached_by(_contact(event)), None
        case AccountClosed() as event:
            return account.with_closing(True, event.closed_at).with_credential(event.generation), None
        case AccountReopened() as event:
            return account.with_closing(False, event.reopened_at), None
        case MailboxSharedChanged(shared=True):
            return account, None  # the contact says so too: what waits is withheld, which says more than superseded
        case MailboxSharedChanged() as event:
            return account.with_credential(event.generation), None
        case PasswordRegenerated() | PasswordChanged() | PasswordReleasedVerbally() | AddressChanged() as event:
            return account.with_credential(event.generation), _asked(fact, event)
        case event:
            return account, _asked(fact, event)


def _contact(event: ContactChanged) -> Contact:
    return Contact(
        event.version, event.identifier, event.address, event.title, event.name, event.language, event.shared
    )


def _asked(fact: Fact, event: Asking) -> Delivery | None:
    """Due at its deadline, as one that awaits its contact: `review` brings it forward when that is there. None: nobody
    is to be told, or has an address to be told at."""
    if event.deliver_until is None or mails_nobody(event):
        return None
    asked = mail_asked(event)
    return Delivery(
        id=delivery_id(fact.id, asked.mail),
        account_id=fact.account_id,
        portal=fact.portal,
        mail=asked.mail,
        caused_by=fact.id,
        occurred_at=fact.occurred_at,
        generation=asked.generation,
        contact_version=asked.contact_version,
        deliver_until=event.deliver_until,
        sealed=asked.sealed,
        traceparent=fact.traceparent,
        state=State.QUEUED,
        due_at=event.deliver_until,
        language=asked.language,
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What facts about one account come to: the account after them, deliveries that are new, and those that changed."""

    account: Account
    new: Sequence[Delivery]
    changed: Sequence[Delivery]


def take(account: Account, facts: Iterable[Fact], waiting: Iterable[Delivery], now: datetime) -> Taken:
    """All facts of a batch about one account, in order; then each of its deliveries that waits is judged, once.

    So of three requests in one batch the first two are superseded before anybody saw them.
    """
    before = {delivery.id: delivery for delivery in waiting}
    after = dict(before)
    for fact in facts:
        account, asked = fold(account, fact)
        if asked is not None and asked.id not in before:
            after |= {delivery.id: delivery for delivery in superseded_by(asked, after.values())}
            after[asked.id] = asked
    after = {id_: review(delivery, account, now) for id_, delivery in after.items()}
    return Taken(
        account,
        new=[delivery for id_, delivery in after.items() if id_ not in before],
        changed=[delivery for id_, delivery in after.items() if id_ in before and delivery != before[id_]],
    )
