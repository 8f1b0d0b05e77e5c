"""« Did my mail leave? »: the answer for every state, and the steps in their order."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifier.domain.deliveries import State, delivery_id
from services.notifier.domain.mails import Mail
from services.notifier.domain.overview import Overview, Try
from services.notifier.domain.timelines import Answer, Left, Step, Timeline, Why, answer, steps
from tests.unit.notifier.samples import ACCOUNT, NOW, PORTAL, a_contact, an_account, an_event_id

SECOND = timedelta(seconds=1)


def a_try(verdict: str, at: datetime = NOW, **differs: Any) -> Try:
    return replace(Try(at, verdict, "rcpt", 451, "4.7.1", "4.7.1 later", None, 0.1), **differs)


def seen(state: State = State.QUEUED, number: int = 1, **differs: Any) -> Overview:
    """A delivery as the desk sees it; one that is at its end came to it after a minute."""
    waits = state in (State.QUEUED, State.SENDING, State.DEFERRED)
    sample = Overview(
        id=delivery_id(an_event_id(number), Mail.PASSWORD_REGENERATED),
        portal=PORTAL,
        mail=Mail.PASSWORD_REGENERATED,
        caused_by=an_event_id(number),
        occurred_at=NOW,
        account_id=ACCOUNT,
        identifier="0000000001",
        state=state,
        paused=False,
        counted=0,
        queued_at=NOW,
        due_at=NOW if waits else None,
        deliver_until=NOW + timedelta(hours=4),
        ended_at=None if waits else NOW + timedelta(minutes=1),
        tries=(),
    )
    return replace(sample, **differs)


ENDED = {
    State.SENT: Left.YES,
    State.REJECTED: Left.NO,
    State.EXPIRED: Left.NO,
    State.SUPERSEDED: Left.NO,
    State.WITHHELD: Left.NO,
    State.CANCELLED: Left.NO,
    State.BOUNCED: Left.NO,
    State.UNKNOWN: Left.UNKNOWN,
}


def test_every_state_has_its_answer() -> None:
    answered = {state: answer(seen(state), an_account()).left for state in State}

    waiting = dict.fromkeys((State.QUEUED, State.SENDING, State.DEFERRED), Left.WAITING)
    assert answered == ENDED | waiting


@pytest.mark.parametrize("state", ENDED)
def test_what_is_at_its_end_says_since_when(state: State) -> None:
    given = answer(seen(state), an_account())

    assert (given.why, given.at, given.next_at) == (Why(state), NOW + timedelta(minutes=1), None)


def test_where_nothing_was_asked_for_nothing_left() -> None:
    assert answer(None, an_account()) == Answer(Left.NO, Why.NOTHING)


@pytest.mark.parametrize(
    ("delivery", "why"),
    [
        (seen(), Why.QUEUED),
        (seen(State.SENDING), Why.SENDING),
        (seen(State.SENDING, paused=True), Why.SENDING),
        (seen(paused=True), Why.PAUSED),
        (seen(State.DEFERRED, tries=(a_try("deferred"),)), Why.DEFERRED),
        (seen(tries=(a_try("unreachable"),)), Why.UNREACHABLE),
        (seen(due_at=NOW + timedelta(hours=4)), Why.AWAITS_CONTACT),
        (seen(State.DEFERRED, due_at=NOW + timedelta(hours=4), tries=(a_try("deferred"),)), Why.DEFERRED),
    ],
)
def test_what_waits_says_what_for(delivery: Overview, why: Why) -> None:
    given = answer(delivery, an_account())

    assert (given.left, given.why, given.at) == (Left.WAITING, why, None)


def test_one_that_waits_for_an_address_nobody_has_says_so() -> None:
    waiting = seen(due_at=NOW + timedelta(hours=4))

    assert answer(waiting, an_account(contact=a_contact(address=""))).why is Why.NO_ADDRESS
    assert answer(waiting, an_account(contact=None)).why is Why.AWAITS_CONTACT


def test_one_that_is_tried_again_says_when() -> None:
    later = NOW + timedelta(seconds=15)
    deferred = answer(seen(State.DEFERRED, due_at=later, tries=(a_try("deferred"),)), an_account())
    perhaps = answer(seen(State.UNKNOWN, due_at=later, ended_at=None, tries=(a_try("unknown"),)), an_account())

    assert (deferred.next_at, perhaps.next_at) == (later, later)
    assert (perhaps.left, perhaps.at) == (Left.UNKNOWN, None)


def test_a_mail_is_told_step_by_step_and_tries_that_count_are_numbered() -> None:
    tries = (
        a_try("unreachable", NOW + SECOND, code=None),
        a_try("deferred", NOW + 2 * SECOND),
        a_try("sent", NOW + 20 * SECOND, code=250),
    )

    told = steps([seen(State.SENT, tries=tries)])

    assert [(item.step, item.number) for item in told] == [
        (Step.REQUESTED, None),
        (Step.UNREACHABLE, None),
        (Step.DEFERRED, 1),
        (Step.SENT, 2),
    ]
    assert [item.at for item in told] == [NOW, *(each.tried_at for each in tries)]
    assert told[0].event_id == an_event_id()


@pytest.mark.parametrize("state", [State.EXPIRED, State.SUPERSEDED, State.WITHHELD, State.CANCELLED, State.BOUNCED])
def test_an_end_that_no_try_brought_is_a_step_of_its_own(state: State) -> None:
    told = steps([seen(state, tries=(a_try("deferred", NOW + SECOND),))])

    assert [item.step for item in told] == [Step.REQUESTED, Step.DEFERRED, Step(state)]
    assert told[-1].at == NOW + timedelta(minutes=1)


def test_mails_are_told_together_by_their_time() -> None:
    first = seen(State.SUPERSEDED, ended_at=NOW + 2 * SECOND)
    second = seen(State.SENT, 2, occurred_at=NOW + SECOND, tries=(a_try("sent", NOW + 3 * SECOND),))

    told = steps([second, first])

    assert [(item.step, item.delivery_id) for item in told] == [
        (Step.REQUESTED, first.id),
        (Step.REQUESTED, second.id),
        (Step.SUPERSEDED, first.id),
        (Step.SENT, second.id),
    ]


def test_a_clock_that_is_behind_puts_no_answer_before_its_question() -> None:
    told = steps([seen(State.SENT, tries=(a_try("sent", NOW - SECOND),))])

    assert [item.step for item in told] == [Step.REQUESTED, Step.SENT]


def test_what_failed_here_is_told_apart() -> None:
    tries = (a_try("deferred", stage="compose", code=None), a_try("deferred"))

    assert [item.ours for item in steps([seen(State.DEFERRED, tries=tries)])] == [False, True, False]


def test_a_version_is_another_one_whenever_anything_changed() -> None:
    account, queued, sent = an_account(), seen(), seen(State.SENT, tries=(a_try("sent"),))
    looks = [
        Timeline(account, answer(queued, account), steps([queued])),
        Timeline(account, answer(sent, account), steps([sent])),
        Timeline(account, answer(replace(queued, paused=True), account), steps([queued])),
        Timeline(replace(account, closed=True), answer(queued, account), steps([queued])),
    ]

    assert len({look.version for look in looks}) == len(looks)
    assert looks[0].version == Timeline(account, answer(queued, account), steps([queued])).version
