"""« Did my mail leave? »: what became of an account's mails, step by step, and the answer in one word. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from services.notifier.domain.accounts import Account
from services.notifier.domain.attempts import Stage, Verdict
from services.notifier.domain.deliveries import State
from services.notifier.domain.overview import Overview, Try
from shared.ids import DeliveryId, EventId


class Left(StrEnum):
    YES = "yes"
    NO = "no"
    WAITING = "waiting"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What the answer rests on: the state of the newest mail, or what it waits for."""

    NOTHING = "nothing"  # no mail was asked for
    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"
    UNREACHABLE = "unreachable"  # there is no server to hand it to
    PAUSED = "paused"
    AWAITS_CONTACT = "awaits_contact"
    NO_ADDRESS = "no_address"
    UNKNOWN = "unknown"
    SENT = "sent"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


_LEFT = {Why.SENT: Left.YES, Why.UNKNOWN: Left.UNKNOWN} | dict.fromkeys(
    (Why.QUEUED, Why.SENDING, Why.DEFERRED, Why.UNREACHABLE, Why.PAUSED, Why.AWAITS_CONTACT, Why.NO_ADDRESS),
    Left.WAITING,
)


class Step(StrEnum):
    REQUESTED = "requested"
    SENT = "sent"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"  # not counted against the mail
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


OF_TRIES = frozenset({Step.SENT, Step.DEFERRED, Step.REJECTED, Step.UNKNOWN, Step.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Item:
    """A step of a mail. `tried`: what the try came to, and which of those that count it was."""

    at: datetime
    step: Step
    mail: str
    delivery_id: DeliveryId
    event_id: EventId | None = None  # of what it was requested by
    tried: Try | None = None
    number: int | None = None

    @property
    def ours(self) -> bool:
        """It failed here: no server was asked."""
        return self.tried is not None and self.tried.stage == Stage.COMPOSE


@dataclass(frozen=True, slots=True)
class Answer:
    """Of the newest mail. `at`: since when it is so, where that is known; `next_at`: when it is tried next."""

    left: Left
    why: Why
    mail: str | None = None
    delivery_id: DeliveryId | None = None
    at: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """`items` are oldest first. `after`: where the older mails begin that are not among them; None: all are here."""

    account: Account
    answer: Answer
    items: Sequence[Item]
    after: DeliveryId | None = None
    version: str = field(init=False, compare=False)  # another one whenever anything else is

    def __post_init__(self) -> None:
        told = json.dumps((asdict(self.account), asdict(self.answer), list(map(asdict, self.items))), default=str)
        object.__setattr__(self, "version", blake2b(told.encode(), digest_size=12).hexdigest())


def answer(newest: Overview | None, account: Account) -> Answer:
    if newest is None:
        return Answer(Left.NO, Why.NOTHING)
    why = _why(newest, account)
    waits = why in (Why.DEFERRED, Why.UNREACHABLE, Why.UNKNOWN)
    at = newest.ended_at if newest.due_at is None else None
    return Answer(_LEFT.get(why, Left.NO), why, newest.mail, newest.id, at=at, next_at=newest.due_at if waits else None)


def _why(newest: Overview, account: Account) -> Why:
    if newest.due_at is None or newest.state in (State.SENDING, State.UNKNOWN):
        return Why(newest.state)
    if newest.paused:
        return Why.PAUSED
    if newest.state == State.QUEUED and newest.due_at == newest.deliver_until:
        known = account.contact is not None and not account.contact.address
        return Why.NO_ADDRESS if known else Why.AWAITS_CONTACT
    if newest.tries and newest.tries[-1].verdict == Verdict.UNREACHABLE:
        return Why.UNREACHABLE
    return Why(newest.state)


def steps(deliveries: Iterable[Overview]) -> list[Item]:
    """Oldest first; what one clock says of a mail never comes before what another said that led to it."""
    ordered: list[tuple[datetime, Item]] = []
    for delivery in deliveries:
        so_far = delivery.occurred_at
        for item in _steps(delivery):
            so_far = max(so_far, item.at)
            ordered.append((so_far, item))
    return [item for _, item in sorted(ordered, key=lambda pair: pair[0])]


def _steps(delivery: Overview) -> Iterator[Item]:
    about = (delivery.mail, delivery.id)
    yield Item(delivery.occurred_at, Step.REQUESTED, *about, event_id=delivery.caused_by)
    counted, last = 0, None
    for tried in delivery.tries:
        last = Step(tried.verdict)
        counted += last is not Step.UNREACHABLE
        yield Item(tried.tried_at, last, *about, tried=tried, number=None if last is Step.UNREACHABLE else counted)
    if delivery.ended_at is not None and delivery.state != last:
        yield Item(delivery.ended_at, Step(delivery.state), *about)
