"""Where a process is killed: the points that the code names, and whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass

ANY_MOMENT = "any moment"  # by the clock, wherever the process is


@dataclass(frozen=True, slots=True)
class Row:
    """One role of a service, run in a process of its own, is killed at each point in turn.

    `passes`: the kill comes at one of the first so many passings. `share`: of all kills of a run.
    `customers` who ask: so many that most are free while mails of dead processes wait for their leases to end.
    """

    service: str
    role: str
    points: tuple[str, ...]
    passes: int
    share: float
    customers: int = 100


ROWS: Mapping[str, Row] = {
    "auth": Row(
        "auth",
        "api",
        (
            "auth.before_outbox",
            "auth.after_outbox",
            "auth.before_commit",
            "auth.after_commit",
            "auth.before_reply",
            ANY_MOMENT,
        ),
        passes=4,
        share=0.26,
    ),
    "relay": Row(
        "auth",
        "relay",
        ("relay.after_fetch", "relay.after_produce", "relay.after_ack", ANY_MOMENT),
        passes=2,
        share=0.25,
    ),
    "consumer": Row(
        "notifier",
        "consumer",
        ("inbox.after_poll", "inbox.after_insert", "inbox.after_commit", ANY_MOMENT),
        passes=2,
        share=0.11,  # each is missed by Kafka for ten seconds
    ),
    "deliverer": Row(
        "notifier",
        "deliverer",
        (
            "notifier.after_lease",
            "notifier.ehlo",
            "notifier.mail",
            "notifier.rcpt",
            "notifier.data",
            "notifier.mid_data",
            "notifier.after_dot",
            "notifier.after_250",
            "notifier.before_record",
            "notifier.after_record",
            ANY_MOMENT,
        ),
        passes=3,
        share=0.38,
        customers=400,
    ),
}
