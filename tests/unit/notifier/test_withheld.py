"""B2 for the notifier: whatever way a password's mail came to be waiting, it does not go to a shared mailbox; and once
what it holds is dead, it does not go to anybody."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from services.notifier.domain.accounts import Account
from services.notifier.domain.attempts import Attempt, Stage, Verdict, conclude
from services.notifier.domain.backoff import Backoff
from services.notifier.domain.deliveries import Decision, Delivery, State, decide, retry, review
from services.notifier.domain.errors import NotToBeRetried
from services.notifier.domain.facts import Heard, take
from services.notifier.domain.mails import Mail
from shared.events import (
    AccountClosed,
    AccountReopened,
    AddressChanged,
    CodeRequested,
    MailboxSharedChanged,
    PasswordReleasedVerbally,
)
from shared.ids import Language
from tests.unit.notifier.samples import (
    ABOUT,
    ACCOUNT,
    NOW,
    PORTAL,
    a_contact,
    a_delivery,
    a_fact,
    an_account,
    contact_changed,
    regenerated,
    reset_requested,
)

SHARED = an_account(contact=a_contact(version=2, shared=True))
LATER = NOW + timedelta(minutes=1)

WAITING: Mapping[str, Delivery] = {
    "queued": a_delivery(),
    "between two tries": a_delivery(state=State.DEFERRED, tries=2, due_at=LATER),
    "perhaps sent": a_delivery(state=State.UNKNOWN, tries=1, unknowns=1, due_at=LATER),
    "for its contact": a_delivery(contact_version=2, due_at=NOW + timedelta(hours=4)),
    "a link": a_delivery(mail=Mail.RESET_REQUESTED, generation=None),
}


def flagged(shared: bool, generation: int) -> MailboxSharedChanged:
    return MailboxSharedChanged(account_id=ACCOUNT, portal=PORTAL, shared=shared, changed_at=NOW, generation=generation)


def released(generation: int, *, told: bool = True) -> PasswordReleasedVerbally:
    about = {**ABOUT, "deliver_until": ABOUT["deliver_until"] if told else None}
    return PasswordReleasedVerbally(
        **about, generation=generation, contact_version=1, released_at=NOW, use_until=NOW + timedelta(minutes=30)
    )


def moved(generation: int, sealed: str | None = "sealed") -> AddressChanged:
    return AddressChanged(**ABOUT, language=Language("fr"), changed_at=NOW, sealed=sealed, generation=generation)


@pytest.mark.parametrize("waiting", WAITING.values(), ids=WAITING)
def test_b2_a_flag_withholds_what_waits(waiting: Delivery):
    (withheld,) = take(an_account(), [a_fact(contact_changed(2, shared=True), 9)], [waiting], NOW).changed

    assert (withheld.state, withheld.due_at) == (State.WITHHELD, None)


@pytest.mark.parametrize("waiting", WAITING.values(), ids=WAITING)
def test_b2_it_is_withheld_at_the_moment_of_sending_too(waiting: Delivery):
    assert decide(waiting, SHARED, NOW) is Decision.WITHHOLD


def test_b2_one_that_was_being_sent_when_the_flag_came_gets_no_second_try():
    sending = a_delivery(state=State.SENDING)
    deferred = conclude(sending, Attempt(Verdict.DEFERRED, Stage.DOT, code=451), NOW, Backoff(), 0.5)

    assert review(deferred, SHARED, NOW).state is State.WITHHELD


@pytest.mark.parametrize("state", [State.REJECTED, State.UNKNOWN])
def test_b2_an_operator_cannot_have_it_tried_again(state: State):
    with pytest.raises(NotToBeRetried, match="shared"):
        retry(a_delivery().ended(state), SHARED, NOW)


def test_b2_a_first_activation_and_a_replayed_one_are_withheld_alike():
    for generation in (2, 3):
        (asked,) = take(SHARED, [a_fact(regenerated(generation), generation)], [], NOW).new
        assert asked.state is State.WITHHELD


def test_b2_withheld_is_said_rather_than_superseded():
    facts = [flagged(True, 5), contact_changed(2, shared=True)]
    for order in (facts, facts[::-1]):
        (withheld,) = take(an_account(), [a_fact(fact) for fact in order], [a_delivery()], NOW).changed
        assert withheld.state is State.WITHHELD


def test_b2_flagged_and_unflagged_while_the_notifier_slept_the_mail_would_hold_a_dead_password():
    facts: list[Heard] = [regenerated(2), flagged(True, 3), flagged(False, 3), contact_changed(9)]
    taken = take(an_account(), [a_fact(fact, number) for number, fact in enumerate(facts)], [], NOW)

    assert [delivery.state for delivery in taken.new] == [State.SUPERSEDED]


def test_b2_replayed_after_the_flag_is_gone_it_is_not_sent_either():
    unflagged = take(an_account(), [a_fact(flagged(False, 3))], [], NOW).account

    assert [each.state for each in take(unflagged, [a_fact(regenerated(2))], [], NOW).new] == [State.SUPERSEDED]
    assert [each.state for each in take(unflagged, [a_fact(regenerated(4))], [], NOW).new] == [State.QUEUED]


def test_s2_10_the_code_goes_to_a_shared_mailbox():
    asked = CodeRequested(**ABOUT, contact_version=2)

    assert [each.state for each in take(SHARED, [a_fact(asked)], [], NOW).new] == [State.QUEUED]


def test_b3_a_release_ends_what_waits_and_is_told_of():
    waiting = [a_delivery(), WAITING["a link"]]
    taken = take(an_account(), [a_fact(released(2), 9)], waiting[:1], NOW)

    assert [delivery.state for delivery in taken.changed] == [State.SUPERSEDED]
    assert [(delivery.mail, delivery.state) for delivery in taken.new] == [
        (Mail.PASSWORD_RELEASED_VERBALLY, State.QUEUED)
    ]
    assert taken.new[0].sealed is None


def test_b3_a_link_asked_for_before_is_pointless():
    linked = take(an_account(), [a_fact(reset_requested())], [], NOW)
    taken = take(linked.account, [a_fact(released(2), 9)], linked.new, NOW)

    assert [delivery.state for delivery in taken.changed] == [State.SUPERSEDED]


def test_b3_it_is_told_where_the_address_is_the_persons_alone():
    assert [each.state for each in take(SHARED, [a_fact(released(2))], [], NOW).new] == [State.WITHHELD]
    without_address = take(an_account(), [a_fact(released(2, told=False))], [], NOW)
    assert (without_address.new, without_address.account.generation) == ([], 2)


def test_b12_a_password_on_its_way_to_the_former_address_does_not_go_to_the_new_one():
    taken = take(an_account(), [a_fact(moved(2), 9), a_fact(contact_changed(2), 10)], [a_delivery()], NOW)

    assert [delivery.state for delivery in taken.changed] == [State.SUPERSEDED]
    assert [(delivery.mail, delivery.brings_its_address) for delivery in taken.new] == [(Mail.ADDRESS_CHANGED, True)]


def test_b12_an_import_that_moves_somebody_mails_nobody():
    taken = take(an_account(), [a_fact(moved(2, sealed=None), 9)], [a_delivery()], NOW)

    assert [delivery.state for delivery in taken.changed] == [State.SUPERSEDED]
    assert taken.new == []


def test_b11_closed_and_reopened_while_the_notifier_slept_the_mail_would_hold_a_dead_password():
    closed = AccountClosed(account_id=ACCOUNT, portal=PORTAL, closed_at=NOW, generation=3)
    reopened = AccountReopened(account_id=ACCOUNT, portal=PORTAL, reopened_at=LATER)
    account: Account = an_account()
    taken = take(account, [a_fact(closed), a_fact(reopened, 2)], [a_delivery(generation=2)], NOW)

    assert [delivery.state for delivery in taken.changed] == [State.SUPERSEDED]
    assert not taken.account.closed
