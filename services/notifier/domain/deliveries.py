"""A delivery: one mail on its way to one person, and whether it may leave now. Pure: the clock is an argument."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum, auto
from hashlib import blake2b
from uuid import UUID

from services.notifier.domain.accounts import Account
from services.notifier.domain.errors import NotToBeRetried
from services.notifier.domain.mails import FOR_ONE_PERSON_ONLY, MAKES_POINTLESS, Mail
from shared.ids import AccountId, DeliveryId, EventId, Language, PortalName


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"  # tried, and to be tried again
    UNKNOWN = "unknown"  # cut off between the final dot and the reply: resent once, then left
    SENT = "sent"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


class Decision(Enum):
    """What is to become of a delivery at this moment."""

    SEND = auto()
    WAIT = auto()  # the contact its event names has not arrived
    SUPERSEDE = auto()
    WITHHOLD = auto()
    EXPIRE = auto()
    CANCEL = auto()


@dataclass(frozen=True, slots=True)
class Delivery:
    """`due_at` is when somebody has to look at it next (while it is being sent: the lease's end); None: never again."""

    id: DeliveryId
    account_id: AccountId
    portal: PortalName
    mail: Mail
    caused_by: EventId
    occurred_at: datetime  # when the fact that caused it was committed
    generation: int | None  # of the credential it shows; None: it shows none
    contact_version: int | None  # it may only go to a contact at least as new; None: it brings its address, sealed
    deliver_until: datetime
    sealed: str | None
    traceparent: str
    state: State
    due_at: datetime | None
    tries: int = 0
    unknowns: int = 0
    language: Language | None = None  # of one that brings its address; all others speak their contact's

    @property
    def brings_its_address(self) -> bool:
        return self.contact_version is None

    @property
    def may_be_sent(self) -> bool:
        """Whether its secret is still of use: by itself, or because an operator may have it tried again."""
        return self.due_at is not None or self.state in (State.REJECTED, State.UNKNOWN)

    @property
    def awaits_contact(self) -> bool:
        """Or has no further try before its deadline, which comes to the same: a newer contact is worth one."""
        return self.due_at == self.deliver_until

    @property
    def resting_state(self) -> State:
        """The state of one that waits for its next try."""
        if self.unknowns:
            return State.UNKNOWN
        return State.DEFERRED if self.tries else State.QUEUED

    def resting_until(self, due_at: datetime) -> "Delivery":
        return replace(self, state=self.resting_state, due_at=due_at)

    def ended(self, state: State) -> "Delivery":
        return replace(self, state=state, due_at=None)


def delivery_id(event: EventId, mail: Mail) -> DeliveryId:
    """The same for the same event and mail, for ever, so that no replay makes a second one.

    Keeps the event's time in front (UUIDv7, RFC 9562 section 5.7), so that new rows lie together in the index.
    """
    tail = int.from_bytes(blake2b(event.bytes + mail.encode(), digest_size=8).digest()) >> 2
    return DeliveryId(UUID(int=(event.int >> 64 << 64) | (0b10 << 62) | tail))


def decide(delivery: Delivery, account: Account, now: datetime) -> Decision:
    """Asked when the delivery is made, whenever a fact about its account arrives, and again at each try."""
    if account.gone:
        return Decision.CANCEL
    if delivery.generation is not None and delivery.generation < account.generation:
        return Decision.SUPERSEDE
    if now >= delivery.deliver_until:
        return Decision.EXPIRE
    if delivery.contact_version is None:
        return Decision.SEND
    contact = account.contact
    if contact is None or contact.version < delivery.contact_version or not contact.address:
        return Decision.WAIT
    if contact.shared and delivery.mail in FOR_ONE_PERSON_ONLY:
        return Decision.WITHHOLD
    return Decision.SEND


_END = {
    Decision.SUPERSEDE: State.SUPERSEDED,
    Decision.WITHHOLD: State.WITHHELD,
    Decision.EXPIRE: State.EXPIRED,
    Decision.CANCEL: State.CANCELLED,
}


def review(delivery: Delivery, account: Account, now: datetime) -> Delivery:
    """A delivery that is not being sent, as it stands after what is now known of its account.

    One that has to wait comes up again when its contact arrives, or at its deadline; one that need not wait any more is
    due at once; one between two tries keeps its time.
    """
    if delivery.due_at is None:
        return delivery
    decision = decide(delivery, account, now)
    if decision in _END:
        # One that may have arrived did not expire: it stays unknown.
        perhaps_sent = decision is Decision.EXPIRE and delivery.unknowns > 0
        return delivery.ended(State.UNKNOWN if perhaps_sent else _END[decision])
    if decision is Decision.WAIT:
        return delivery.resting_until(delivery.deliver_until)
    return delivery.resting_until(now) if delivery.awaits_contact else delivery


_WHY_NOT = {
    Decision.WAIT: "the contact its fact names has not arrived",
    Decision.SUPERSEDE: "a newer password was asked for",
    Decision.WITHHOLD: "its mailbox is shared by several people",
    Decision.EXPIRE: "its deadline has passed",
    Decision.CANCEL: "the account is closed or erased",
}


def retry(delivery: Delivery, account: Account, now: datetime) -> Delivery:
    """Due now, because an operator says so: also one that was rejected, or whose fate is unknown.

    Raises NotToBeRetried.
    """
    if delivery.state is State.SENDING or not delivery.may_be_sent:
        raise NotToBeRetried(f"delivery {delivery.id} is not tried again: it is {delivery.state}")
    decision = decide(delivery, account, now)
    if decision is not Decision.SEND:
        raise NotToBeRetried(f"delivery {delivery.id} is not tried again: {_WHY_NOT[decision]}")
    return delivery.resting_until(now)


def superseded_by(newer: Delivery, waiting: Iterable[Delivery]) -> list[Delivery]:
    """Those of the account's waiting ones that the newer one makes pointless, ended."""
    pointless = MAKES_POINTLESS.get(newer.mail, frozenset())
    older = (d for d in waiting if d.mail in pointless and d.due_at is not None and d.occurred_at <= newer.occurred_at)
    return [delivery.ended(State.SUPERSEDED) for delivery in older]
