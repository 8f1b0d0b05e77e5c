"""What replies mean, what becomes of a delivery after a try, and when the next one is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.attempts import Attempt, Stage, Verdict, conclude, verdict_of
from services.notifier.domain.backoff import Backoff
from services.notifier.domain.deliveries import Delivery, State
from services.notifier.domain.notices import notice
from shared.events import MailExpired, MailRejected, MailSent, MailSuperseded, MailUnknown
from tests.unit.notifier.samples import NOW, a_delivery, an_account

SENT = Attempt(Verdict.SENT, Stage.DOT, 250, "2.0.0")
DEFERRED = Attempt(Verdict.DEFERRED, Stage.RCPT, 451)
REJECTED = Attempt(Verdict.REJECTED, Stage.RCPT, 550, "5.1.1")
UNKNOWN = Attempt(Verdict.UNKNOWN, Stage.DOT)
UNREACHABLE = Attempt(Verdict.UNREACHABLE, Stage.CONNECT)


def after(delivery: Delivery, *attempts: Attempt) -> Delivery:
    for attempt in attempts:
        delivery = conclude(delivery, attempt, NOW, Backoff(), 0.5)
    return delivery


@pytest.mark.parametrize("code", [421, 450, 451, 452, 150, 299, 354])
def test_what_passes_is_tried_again(code: int):
    assert verdict_of(code) is Verdict.DEFERRED


@pytest.mark.parametrize("code", [550, 552, 553, 554])
def test_what_stays_is_not_tried_again(code: int):
    assert verdict_of(code) is Verdict.REJECTED


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_login_refused_is_no_mail_s_fault(code: int):
    assert verdict_of(code) is Verdict.UNREACHABLE


def test_sent_and_rejected_are_the_end():
    assert (after(a_delivery(), SENT).state, after(a_delivery(), SENT).due_at) == (State.SENT, None)
    assert (after(a_delivery(), REJECTED).state, after(a_delivery(), REJECTED).due_at) == (State.REJECTED, None)


def test_a_mail_deferred_is_tried_at_least_three_times_within_five_minutes():
    tries, at, delivery = 1, NOW, a_delivery()
    while True:
        delivery = conclude(delivery, DEFERRED, at, Backoff(), 0.999)  # the longest pauses the jitter makes
        if delivery.due_at is None or delivery.due_at > NOW + timedelta(minutes=5):
            break
        tries, at = tries + 1, delivery.due_at
    assert tries >= 3 + 1


def test_a_mail_whose_fate_is_unknown_is_resent_once():
    once = after(a_delivery(), UNKNOWN)
    assert once.state is State.UNKNOWN
    assert once.due_at is not None

    twice = after(once, UNKNOWN)
    assert (twice.state, twice.due_at, twice.tries) == (State.UNKNOWN, None, 2)


def test_a_mail_whose_fate_was_unknown_and_that_is_sent_again_is_sent():
    assert after(a_delivery(), UNKNOWN, SENT).state is State.SENT


def test_a_server_that_cannot_be_reached_is_not_counted_against_the_mail():
    for before, state in (
        (a_delivery(state=State.SENDING), State.QUEUED),
        (a_delivery(state=State.SENDING, tries=2), State.DEFERRED),
        (a_delivery(state=State.SENDING, tries=1, unknowns=1), State.UNKNOWN),
    ):
        concluded = after(before, UNREACHABLE)
        assert (concluded.state, concluded.due_at, concluded.tries) == (state, NOW, before.tries)


def test_no_try_lies_behind_the_deadline():
    deliver_until = NOW + timedelta(seconds=5)
    assert after(a_delivery(deliver_until=deliver_until), DEFERRED).due_at == deliver_until


@given(tries=st.integers(1, 50), dice=st.floats(0, 1, exclude_max=True))
def test_pauses_grow_and_are_spread_to_both_sides(tries: int, dice: float):
    backoff = Backoff()
    usual = backoff.pauses[min(tries, len(backoff.pauses)) - 1]
    assert 0.8 * usual <= backoff.pause(tries, dice) <= 1.2 * usual
    assert list(backoff.pauses) == sorted(backoff.pauses)


def test_others_are_told_of_ends_and_only_of_those():
    account = an_account(generation=7)

    def told(delivery: Delivery, attempt: Attempt | None = None):
        return notice(delivery, account, attempt, NOW)

    assert told(a_delivery()) is None
    assert told(after(a_delivery(), DEFERRED), DEFERRED) is None
    assert told(after(a_delivery(), UNKNOWN), UNKNOWN) is None

    sent = told(after(a_delivery(), DEFERRED, SENT), SENT)
    assert isinstance(sent, MailSent)
    assert (sent.attempts, sent.smtp_code, sent.at) == (2, 250, NOW)

    rejected = told(after(a_delivery(), REJECTED), REJECTED)
    assert isinstance(rejected, MailRejected)
    assert (rejected.smtp_code, rejected.enhanced_code) == (550, "5.1.1")

    superseded = told(a_delivery().ended(State.SUPERSEDED))
    assert isinstance(superseded, MailSuperseded)
    assert superseded.by_generation == 7

    assert isinstance(told(a_delivery().ended(State.EXPIRED)), MailExpired)
    assert isinstance(told(after(a_delivery(), UNKNOWN, UNKNOWN), UNKNOWN), MailUnknown)


def test_no_notice_quotes_the_server():
    quoting = Attempt(Verdict.REJECTED, Stage.RCPT, 550, "5.1.1", words="<camille@example.org> unknown here")
    told = notice(after(a_delivery(), quoting), an_account(), quoting, NOW)
    assert told is not None
    assert "camille" not in told.model_dump_json()
