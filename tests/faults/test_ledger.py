"""The ledger finds each thing that must not be: without that, a run of faults would prove nothing."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from tests.faults.suite.ledger import Copy, Delivery, Fact, Kill, Seen, judge

ACCOUNT, OLD, NEW, OLDER_MAIL, MAIL = (UUID(int=number) for number in range(1, 6))

FACTS = [Fact(OLD, ACCOUNT, 1, "old"), Fact(NEW, ACCOUNT, 2, "new")]
OLDER = Delivery(OLDER_MAIL, OLD, ACCOUNT, 1, "superseded", at_its_end=True, sent=0, told=0)
NEWEST = Delivery(MAIL, NEW, ACCOUNT, 2, "sent", at_its_end=True, sent=1, told=1)
COPY = Copy(MAIL, "camille.exemple@example.org", "new", b"mail", at=100.0)
BEFORE = Copy(OLDER_MAIL, "camille.exemple@example.org", "old", b"older mail", at=99.0)
KILL = Kill("notifier.after_dot", at=99.5)
TWICE = Counter({ACCOUNT: 2})
FINE = Seen(TWICE, TWICE, TWICE, FACTS, [OLDER, NEWEST], [COPY])
ONCE = Counter({ACCOUNT: 1})


def test_nothing_is_broken_where_all_is_well() -> None:
    assert judge(FINE).broken == []


@pytest.mark.parametrize(
    "seen",
    [
        replace(FINE, committed=ONCE, facts=FACTS[1:], deliveries=[NEWEST]),
        replace(FINE, facts=FACTS[:1], deliveries=[replace(OLDER, state="sent", sent=1, told=1)], copies=[BEFORE]),
        replace(FINE, deliveries=[NEWEST]),
        replace(
            FINE, deliveries=[OLDER, replace(NEWEST, at_its_end=False, state="sending", sent=0, told=0)], copies=[]
        ),
        replace(FINE, deliveries=[OLDER, replace(NEWEST, state="rejected", sent=0, told=0)], copies=[]),
        replace(FINE, copies=[]),
        replace(FINE, deliveries=[OLDER, replace(NEWEST, told=0)]),
        replace(FINE, ends={ACCOUNT: "rejected"}),
    ],
    ids=["promise", "fact", "delivery", "stuck", "rejected", "arrival", "telling", "end"],
)
def test_what_is_lost_is_found(seen: Seen) -> None:
    verdict = judge(seen)
    assert verdict.lost
    assert verdict.broken == verdict.lost


@pytest.mark.parametrize(
    "seen",
    [
        replace(FINE, asked=ONCE, promised=ONCE),
        replace(FINE, promised=ONCE, committed=ONCE),
        replace(FINE, deliveries=[OLDER, NEWEST, replace(OLDER, id=UUID(int=9))]),
        replace(FINE, copies=[COPY, replace(COPY, delivery=UUID(int=9))]),
        replace(FINE, copies=[replace(COPY, password="old")]),
    ],
    ids=["commit", "fact", "delivery", "mail", "password"],
)
def test_what_has_no_cause_is_found(seen: Seen) -> None:
    verdict = judge(seen)
    assert verdict.without_cause
    assert verdict.broken == verdict.without_cause


@pytest.mark.parametrize(
    "seen",
    [
        replace(FINE, copies=[replace(COPY, at=99.0), COPY]),
        replace(FINE, copies=[replace(COPY, at=90.0), COPY], kills=[KILL]),
        replace(FINE, copies=[replace(COPY, at=99.0, raw=b"another"), COPY], kills=[KILL]),
        replace(FINE, copies=[BEFORE, COPY]),
        replace(FINE, deliveries=[OLDER, replace(NEWEST, sent=2)]),
        replace(FINE, deliveries=[OLDER, replace(NEWEST, told=2)]),
    ],
    ids=["nobody-killed", "long-before", "another-mail", "superseded-after-all", "written-twice", "told-twice"],
)
def test_a_double_that_nothing_explains_is_found(seen: Seen) -> None:
    verdict = judge(seen)
    assert verdict.wrongly_doubled
    assert verdict.broken == verdict.wrongly_doubled


def test_a_double_is_allowed_where_a_kill_came_between_dot_and_commit() -> None:
    verdict = judge(replace(FINE, copies=[replace(COPY, at=99.0), COPY], kills=[KILL]))
    assert verdict.broken == []
    assert verdict.doubled_mails == {"notifier.after_dot": 1}


def test_one_more_copy_is_allowed_where_the_server_cut_after_the_dot() -> None:
    cut = replace(FINE, copies=[replace(COPY, at=80.0), COPY], cut=frozenset({ACCOUNT}))
    assert judge(cut).broken == []
    assert judge(replace(cut, copies=[COPY, COPY, COPY])).wrongly_doubled


@pytest.mark.parametrize(
    "seen",
    [
        replace(FINE, facts=FACTS[::-1]),
        replace(FINE, copies=[COPY, replace(BEFORE, at=101.0)], kills=[Kill("notifier.mail", at=102.0)]),
    ],
    ids=["facts", "mails"],
)
def test_what_is_out_of_order_is_found(seen: Seen) -> None:
    verdict = judge(seen)
    assert verdict.out_of_order
    assert verdict.broken == verdict.out_of_order


def test_a_fact_that_lies_in_kafka_twice_is_counted_and_keeps_its_first_place() -> None:
    verdict = judge(replace(FINE, facts=[*FACTS, FACTS[0]]))
    assert verdict.broken == []
    assert verdict.doubled_facts == 1
