"""What operators see of the mails: how many wait and how long, what servers answer, what became of them."""

import asyncio
from functools import cache

import structlog
from prometheus_client import Counter, Gauge, Histogram

from services.notifier.domain.attempts import Attempt, Stage
from services.notifier.sql.waiting import count_paused, count_waiting, measure_waiting
from shared.db import Database
from shared.errors import DatabaseUnavailable

log = structlog.get_logger()

EVERY = 5.0  # seconds

waiting = Gauge("guichet_deliveries_waiting", "Deliveries that are not at their end, by state", ["state"])
paused = Gauge("guichet_deliveries_paused", "Deliveries held back until their portal goes on, by portal", ["portal"])
oldest_due = Gauge("guichet_deliveries_oldest_due_seconds", "How long the longest due delivery has been due")
late = Gauge("guichet_deliveries_late", "Deliveries that should have left and are older than 5 minutes (S1.5)")
without_contact = Gauge("guichet_deliveries_without_contact", "Deliveries that wait for their contact since 15 minutes")
replies = Counter("guichet_smtp_replies", "Replies of SMTP servers that ended a try, by class", ["class"])
tries = Counter("guichet_mail_tries", "Tries to hand a mail in, by what they came to", ["verdict"])
seconds = Histogram(
    "guichet_smtp_seconds", "From MAIL to the reply to the final dot", buckets=(0.005, 0.02, 0.1, 0.5, 2, 5, 10, 25)
)


# Finding a label's counter takes three times as long as counting.
_tries, _replies = cache(tries.labels), cache(replies.labels)


def count(attempt: Attempt) -> None:
    _tries(attempt.verdict.value).inc()
    if attempt.code is not None:
        _replies(f"{attempt.code // 100}xx").inc()
    if attempt.stage is Stage.DOT:
        seconds.observe(attempt.seconds)


async def watch(db: Database) -> None:
    """Keeps the gauges up to date until it is cancelled."""
    while True:
        try:
            await refresh(db)
        except DatabaseUnavailable as error:
            log.warning("metrics.not_refreshed", reason=str(error))
        await asyncio.sleep(EVERY)


async def refresh(db: Database) -> None:
    """All is asked before anything is told: whoever scrapes meanwhile, or while the database is away, sees no gap."""
    states, portals, measured = await count_waiting(db), await count_paused(db), await measure_waiting(db)
    waiting.clear()
    for state, number in states.items():
        waiting.labels(state).set(number)
    paused.clear()
    for portal, number in portals.items():
        paused.labels(portal).set(number)
    oldest_due.set(measured.oldest_due)
    late.set(measured.late)
    without_contact.set(measured.without_contact)
