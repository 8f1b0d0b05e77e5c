"""What one try came to, what a server's reply means, and what becomes of the delivery then."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.notifier.domain.backoff import Backoff
from services.notifier.domain.deliveries import Delivery, State

RESENDS = 1  # of a mail whose fate is unknown


class Stage(StrEnum):
    """How far a try came."""

    COMPOSE = "compose"  # opening the seal, rendering, checking the address: no server was asked
    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"  # the final dot was not yet sent
    DOT = "dot"  # it was


class Verdict(StrEnum):
    SENT = "sent"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"  # no server to talk to, or none that lets us in: not counted against the mail
    UNTRIED = "untried"  # handed back before anything was done


@dataclass(frozen=True, slots=True)
class Attempt:
    """`words` are the server's, only from before it saw the content, which it might quote; `why` are ours."""

    verdict: Verdict
    stage: Stage
    code: int | None = None
    enhanced: str | None = None
    words: str | None = None
    why: str | None = None
    seconds: float = 0.0


# RFC 4954: authentication required, too weak, failed, or to be encrypted first. Ours to put right, no mail's fault.
OF_OUR_LOGIN = frozenset({530, 534, 535, 538})


def verdict_of(code: int) -> Verdict:
    """What a reply other than success means (RFC 5321, 4.2.1): class 4 passes, class 5 stays.

    Nonsense (class 1, or 2 and 3 out of place) is treated as passing: the next try may meet a saner server.
    """
    if code in OF_OUR_LOGIN:
        return Verdict.UNREACHABLE
    return Verdict.REJECTED if 500 <= code <= 599 else Verdict.DEFERRED


def conclude(delivery: Delivery, attempt: Attempt, now: datetime, backoff: Backoff, dice: float) -> Delivery:
    """The delivery after this try; `dice` in [0, 1) spreads the next ones."""
    match attempt.verdict:
        case Verdict.UNTRIED | Verdict.UNREACHABLE:
            return delivery.resting_until(now)
        case Verdict.SENT:
            return replace(delivery, tries=delivery.tries + 1).ended(State.SENT)
        case Verdict.REJECTED:
            return replace(delivery, tries=delivery.tries + 1).ended(State.REJECTED)
        case Verdict.UNKNOWN if delivery.unknowns >= RESENDS:
            return replace(delivery, tries=delivery.tries + 1, unknowns=delivery.unknowns + 1).ended(State.UNKNOWN)
        case Verdict.UNKNOWN:
            tried = replace(delivery, tries=delivery.tries + 1, unknowns=delivery.unknowns + 1)
        case Verdict.DEFERRED:
            tried = replace(delivery, tries=delivery.tries + 1)
    return tried.resting_until(min(now + backoff.pause(tried.tries, dice), delivery.deliver_until))
