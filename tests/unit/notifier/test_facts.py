"""What each fact changes, in whatever order facts come."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.accounts import Account
from services.notifier.domain.deliveries import State, delivery_id
from services.notifier.domain.facts import Fact, fold, take
from services.notifier.domain.mails import Mail
from shared.events import AccountClosed, AccountReopened, Event
from shared.ids import EventId
from tests.unit.notifier.samples import (
    ACCOUNT,
    NOW,
    PORTAL,
    a_contact,
    a_delivery,
    a_fact,
    an_account,
    an_event_id,
    contact_changed,
    matched_several,
    regenerated,
)

STRANGER = Account(ACCOUNT, PORTAL)


def after(account: Account, *facts: Fact) -> Account:
    for fact in facts:
        account, _ = fold(account, fact)
    return account


def closed(minute: int) -> Event:
    return AccountClosed(portal=PORTAL, account_id=ACCOUNT, closed_at=NOW + timedelta(minutes=minute))


def reopened(minute: int) -> Event:
    return AccountReopened(portal=PORTAL, account_id=ACCOUNT, reopened_at=NOW + timedelta(minutes=minute))


def test_a_contact_of_a_lower_version_is_ignored():
    account = after(STRANGER, a_fact(contact_changed(3, name="Nouveau")), a_fact(contact_changed(2, name="Ancien")))
    assert account.contact == a_contact(version=3, name="Nouveau")


def test_who_was_erased_stays_erased():
    account = after(STRANGER, a_fact(contact_changed(1)), a_fact(None), a_fact(contact_changed(9)))
    assert (account.contact, account.erased) == (None, True)


def test_a_closing_replayed_after_the_reopening_changes_nothing():
    account = after(STRANGER, a_fact(reopened(2)), a_fact(closed(1)))
    assert not account.closed


def test_an_account_is_closed_until_it_is_reopened():
    assert after(STRANGER, a_fact(closed(1))).closed
    assert not after(STRANGER, a_fact(closed(1)), a_fact(reopened(2))).closed


facts = st.lists(
    st.one_of(
        st.integers(1, 5).map(contact_changed),
        st.integers(1, 5).map(regenerated),
        st.integers(0, 5).map(closed),
        st.integers(6, 9).map(reopened),
        st.none(),
    ),
    max_size=8,
)


@given(facts, st.randoms(use_true_random=False))
def test_an_account_is_the_same_whatever_order_its_facts_come_in(events: list[Event | None], dice):
    shuffled = list(events)
    dice.shuffle(shuffled)
    assert after(STRANGER, *map(a_fact, events)) == after(STRANGER, *map(a_fact, shuffled))


def test_a_password_asked_for_is_due_at_once_where_its_contact_is_known():
    taken = take(an_account(), [a_fact(regenerated(2))], [], NOW)
    [delivery] = taken.new
    assert (delivery.state, delivery.due_at, delivery.generation) == (State.QUEUED, NOW, 2)
    assert delivery.sealed == "sealed 2"
    assert taken.account.generation == 2


def test_a_password_asked_for_waits_where_its_contact_is_not_there_yet():
    taken = take(an_account(), [a_fact(regenerated(2, contact_version=2))], [], NOW)
    assert taken.new[0].due_at == taken.new[0].deliver_until

    arrived = take(taken.account, [a_fact(contact_changed(2))], taken.new, NOW)
    assert arrived.changed == [replace(taken.new[0], due_at=NOW)]


def test_of_three_requests_in_a_batch_only_the_last_is_sent():
    asked = [a_fact(regenerated(generation), generation) for generation in (2, 3, 4)]
    taken = take(an_account(), asked, [], NOW)
    assert [d.state for d in taken.new] == [State.SUPERSEDED, State.SUPERSEDED, State.QUEUED]


def test_a_newer_password_supersedes_what_waits():
    waiting = a_delivery(state=State.DEFERRED, tries=2, due_at=NOW + timedelta(minutes=4))
    taken = take(an_account(), [a_fact(regenerated(2), 2)], [waiting], NOW)
    assert taken.changed == [waiting.ended(State.SUPERSEDED)]


def test_an_older_password_that_arrives_late_is_superseded_at_once():
    taken = take(an_account(generation=5), [a_fact(regenerated(4))], [], NOW)
    assert [d.state for d in taken.new] == [State.SUPERSEDED]


def test_a_request_repeated_says_the_same_and_supersedes_the_one_before():
    asked = [a_fact(matched_several(), number, at=NOW + timedelta(seconds=number)) for number in (1, 2)]
    taken = take(an_account(), asked, [], NOW)
    assert [d.state for d in taken.new] == [State.SUPERSEDED, State.QUEUED]


def test_a_fact_replayed_asks_for_no_second_mail():
    taken = take(an_account(), [a_fact(regenerated(2))], [], NOW)
    again = take(taken.account, [a_fact(regenerated(2))], taken.new, NOW)
    assert (again.new, again.changed) == ([], [])


def test_a_mailbox_that_becomes_shared_withholds_what_waits():
    taken = take(an_account(), [a_fact(contact_changed(2, shared=True))], [a_delivery()], NOW)
    assert [d.state for d in taken.changed] == [State.WITHHELD]


def test_closing_and_erasing_cancel_what_waits():
    for event in (closed(1), None):
        taken = take(an_account(), [a_fact(event)], [a_delivery()], NOW)
        assert [d.state for d in taken.changed] == [State.CANCELLED]


@given(st.uuids(version=4))
def test_a_delivery_has_the_same_id_for_ever_and_another_one_for_each_mail(event: UUID):
    first = delivery_id(EventId(event), Mail.PASSWORD_REGENERATED)
    assert first == delivery_id(EventId(event), Mail.PASSWORD_REGENERATED)
    assert first != delivery_id(EventId(event), Mail.ACTIVATION_MATCHED_SEVERAL)


def test_a_delivery_s_id_keeps_the_event_s_time_so_that_rows_lie_in_order():
    event = an_event_id()
    made = delivery_id(event, Mail.PASSWORD_REGENERATED)
    assert made.version == 7
    assert made.int >> 80 == event.int >> 80
