"""Which mail each fact asks for, whom it may reach, and which of those before it then are pointless."""

import pytest

from services.notifier.domain.accounts import Account
from services.notifier.domain.deliveries import Decision, State, decide
from services.notifier.domain.facts import Heard, take
from services.notifier.domain.mails import Mail
from shared.ids import Language
from tests.unit.notifier.samples import (
    ACCOUNT,
    NOW,
    PORTAL,
    a_contact,
    a_fact,
    an_account,
    contact_changed,
    linked,
    matched_several,
    password_changed,
    regenerated,
    registration_requested,
    reset_requested,
    unlinked,
)

STRANGER = Account(ACCOUNT, PORTAL)


@pytest.mark.parametrize(
    ("event", "mail"),
    [
        (regenerated(2), Mail.PASSWORD_REGENERATED),
        (matched_several(), Mail.ACTIVATION_MATCHED_SEVERAL),
        (reset_requested(), Mail.RESET_REQUESTED),
        (password_changed(2), Mail.PASSWORD_CHANGED),
        (registration_requested(), Mail.REGISTRATION_REQUESTED),
        (linked("key"), Mail.CONTRACT_LINKED),
        (linked("operator"), Mail.CONTRACT_LINKED),
        (unlinked("operator"), Mail.CONTRACT_UNLINKED),
    ],
    ids=lambda value: value.value if isinstance(value, Mail) else None,
)
def test_a_fact_asks_for_its_mail_and_that_is_due_at_once(event: Heard, mail: Mail):
    [asked] = take(an_account(), [a_fact(event)], [], NOW).new
    assert (asked.mail, asked.state, asked.due_at) == (mail, State.QUEUED, NOW)


@pytest.mark.parametrize(
    "event", [linked("import"), unlinked("erasure"), unlinked("operator").model_copy(update={"sealed": None})]
)
def test_an_import_an_erasure_and_what_there_is_nothing_to_show_of_mail_nobody(event: Heard):
    assert take(an_account(), [a_fact(event)], [], NOW).new == []


def test_a_registration_waits_for_no_contact_and_speaks_the_language_it_was_asked_in():
    [asked] = take(STRANGER, [a_fact(registration_requested())], [], NOW).new
    assert (asked.due_at, asked.language, asked.brings_its_address) == (NOW, Language("en"), True)


@pytest.mark.parametrize("event", [linked(), unlinked(), password_changed(2), reset_requested()])
def test_every_other_mail_waits_for_a_contact(event: Heard):
    waiting = take(STRANGER, [a_fact(event)], [], NOW)
    [asked] = waiting.new
    assert asked.due_at == asked.deliver_until

    [arrived] = take(waiting.account, [a_fact(contact_changed(1), 2)], [asked], NOW).changed
    assert arrived.due_at == NOW


def test_contracts_does_not_know_of_contacts_so_any_contact_will_do():
    contact = a_contact(version=7)
    [asked] = take(an_account(contact=contact), [a_fact(linked())], [], NOW).new
    assert decide(asked, an_account(contact=contact), NOW) is Decision.SEND


def test_b2_no_link_to_choose_a_password_goes_to_a_shared_mailbox_but_a_notice_does():
    shared = an_account(contact=a_contact(shared=True))
    asked = take(shared, [a_fact(reset_requested()), a_fact(linked(), 2)], [], NOW).new
    assert [(d.mail, d.state) for d in asked] == [
        (Mail.RESET_REQUESTED, State.WITHHELD),
        (Mail.CONTRACT_LINKED, State.QUEUED),
    ]


def test_a_chosen_password_ends_the_mails_that_would_bring_an_older_one():
    facts = [a_fact(event, number) for number, event in enumerate([regenerated(2), reset_requested()])]
    waiting = take(an_account(), facts, [], NOW)
    after = take(waiting.account, [a_fact(password_changed(3), 9)], waiting.new, NOW)
    assert [d.state for d in after.changed] == [State.SUPERSEDED, State.SUPERSEDED]
    assert [d.state for d in after.new] == [State.QUEUED]


def test_that_a_password_was_changed_is_told_though_it_was_changed_again():
    first = take(an_account(), [a_fact(password_changed(2))], [], NOW)
    second = take(first.account, [a_fact(password_changed(3), 2)], first.new, NOW)
    assert (second.changed, [d.state for d in second.new]) == ([], [State.QUEUED])


@pytest.mark.parametrize(
    ("event", "ended"), [(reset_requested(), True), (linked(), False), (registration_requested(), False)]
)
def test_asked_for_again_only_a_link_for_the_same_password_makes_the_one_before_pointless(event: Heard, ended: bool):
    first = take(an_account(), [a_fact(event)], [], NOW)
    second = take(first.account, [a_fact(event, 2)], first.new, NOW)
    assert [d.state for d in second.changed] == [State.SUPERSEDED] * ended
