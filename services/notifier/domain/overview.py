"""Deliveries as operators look at them. No address, no name: those are in the customer file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.ids import AccountId, DeliveryId, EventId, PortalName


@dataclass(frozen=True, slots=True)
class Try:
    """`words` are the server's, `why` ours; `seconds`: how long it took."""

    tried_at: datetime
    verdict: str
    stage: str
    code: int | None
    enhanced: str | None
    words: str | None
    why: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Pause:
    """A portal's mails are held back."""

    portal: PortalName
    since: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """`tries`: the last one alone in a list, all of them, oldest first, where one delivery is shown. `paused`: it waits
    for its portal to go on."""

    id: DeliveryId
    portal: PortalName
    mail: str
    caused_by: EventId
    occurred_at: datetime  # when what caused it was committed
    account_id: AccountId
    identifier: str | None
    state: str
    paused: bool
    counted: int
    queued_at: datetime
    due_at: datetime | None
    deliver_until: datetime
    ended_at: datetime | None
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries; None: whatever it is. Those older than `after` are next in a list that goes on."""

    state: str | None = None
    portals: Sequence[str] | None = None
    account: AccountId | None = None
    after: DeliveryId | None = None
    limit: int = 50
