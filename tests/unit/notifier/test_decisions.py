"""May this mail leave now? The whole table, and what wins where two reasons meet."""

from datetime import timedelta

import pytest

from services.notifier.domain.deliveries import Decision, State, decide, review, superseded_by
from services.notifier.domain.mails import Mail
from tests.unit.notifier.samples import NOW, a_contact, a_delivery, an_account, an_event_id

PAST_DEADLINE = {"deliver_until": NOW}
SHARED = {"contact": a_contact(shared=True)}
NOTICE = {"mail": Mail.ACTIVATION_MATCHED_SEVERAL, "generation": None, "sealed": None}


@pytest.mark.parametrize(
    ("delivery", "account", "decision"),
    [
        ({}, {}, Decision.SEND),
        ({}, {"closed": True}, Decision.CANCEL),
        ({}, {"erased": True, "contact": None}, Decision.CANCEL),
        ({}, {"generation": 2}, Decision.SUPERSEDE),
        ({"generation": 2}, {"generation": 2}, Decision.SEND),
        (PAST_DEADLINE, {}, Decision.EXPIRE),
        ({"deliver_until": NOW + timedelta(microseconds=1)}, {}, Decision.SEND),
        ({}, {"contact": None}, Decision.WAIT),
        ({"contact_version": 2}, {}, Decision.WAIT),
        ({"contact_version": 2}, {"contact": a_contact(version=2)}, Decision.SEND),
        ({"contact_version": 2}, {"contact": a_contact(version=3)}, Decision.SEND),
        ({}, {"contact": a_contact(address="")}, Decision.WAIT),
        ({}, SHARED, Decision.WITHHOLD),
        (NOTICE, SHARED, Decision.SEND),
        (NOTICE, {"generation": 9}, Decision.SEND),
        # two reasons at once
        ({}, {"closed": True, "generation": 2}, Decision.CANCEL),
        (PAST_DEADLINE, {"generation": 2}, Decision.SUPERSEDE),
        (PAST_DEADLINE, SHARED, Decision.EXPIRE),
        ({**PAST_DEADLINE, "contact_version": 2}, {}, Decision.EXPIRE),
        ({"contact_version": 2}, SHARED, Decision.WAIT),
        ({}, {**SHARED, "generation": 2}, Decision.SUPERSEDE),
    ],
)
def test_each_cell_of_the_decision_table(delivery: dict, account: dict, decision: Decision):
    assert decide(a_delivery(**delivery), an_account(**account), NOW) is decision


@pytest.mark.parametrize(
    ("account", "state"),
    [
        ({"generation": 2}, State.SUPERSEDED),
        ({"closed": True}, State.CANCELLED),
        (SHARED, State.WITHHELD),
    ],
)
def test_a_delivery_that_may_not_leave_any_more_is_at_its_end(account: dict, state: State):
    reviewed = review(a_delivery(), an_account(**account), NOW)
    assert (reviewed.state, reviewed.due_at) == (state, None)


def test_one_that_waits_for_its_contact_comes_up_at_its_deadline_and_not_before():
    waiting = review(a_delivery(contact_version=2), an_account(), NOW)
    assert (waiting.state, waiting.due_at) == (State.QUEUED, waiting.deliver_until)


def test_one_whose_contact_has_arrived_is_due_at_once():
    waiting = review(a_delivery(contact_version=2), an_account(), NOW)
    later = NOW + timedelta(minutes=3)
    assert review(waiting, an_account(contact=a_contact(version=2)), later).due_at == later


def test_one_between_two_tries_keeps_its_time():
    deferred = a_delivery(state=State.DEFERRED, tries=1, due_at=NOW + timedelta(seconds=45))
    assert review(deferred, an_account(), NOW) == deferred


def test_one_that_may_have_arrived_does_not_expire_but_stays_unknown():
    unknown = a_delivery(state=State.UNKNOWN, tries=1, unknowns=1, deliver_until=NOW)
    assert review(unknown, an_account(), NOW) == unknown.ended(State.UNKNOWN)


def test_one_at_its_end_stays_there():
    sent = a_delivery().ended(State.SENT)
    assert review(sent, an_account(generation=2, closed=True), NOW) == sent


def test_of_mails_that_say_the_same_only_the_latest_counts():
    older = a_delivery(**NOTICE)
    newer = a_delivery(**NOTICE, id=an_event_id(2), occurred_at=NOW + timedelta(seconds=1))
    password = a_delivery(id=an_event_id(3))

    assert superseded_by(newer, [older, password]) == [older.ended(State.SUPERSEDED)]
    assert superseded_by(older, [newer, password]) == []


def test_a_secret_is_kept_only_while_it_may_be_of_use():
    useful = {state for state in State if a_delivery().ended(state).may_be_sent}
    assert useful == {State.REJECTED, State.UNKNOWN}
    assert a_delivery().may_be_sent
