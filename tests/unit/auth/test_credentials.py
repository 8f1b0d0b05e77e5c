"""What replaces what, and when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.credentials import (
    Credential,
    PasswordHash,
    choose,
    end_unused,
    none_yet,
    opens,
    opens_only_a_choice,
    regenerate,
    release,
    use,
)
from shared.ids import AccountId
from shared.portals.policy import PasswordPolicy
from shared.versions import next_version

WHOSE = AccountId(UUID(int=1))
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
AT_ONCE = PasswordPolicy(former="replaced_at_once")
HARDENED = PasswordPolicy(former="valid_until_used", expires_after=timedelta(hours=24))
HALF_AN_HOUR, A_MOMENT = timedelta(minutes=30), timedelta(microseconds=1)
LATE = NOW + HALF_AN_HOUR
FIRST, SECOND, THIRD = (PasswordHash(text) for text in ("first", "second", "third"))


def after(policy: PasswordPolicy, *hashes: PasswordHash) -> Credential:
    credential = none_yet(WHOSE)
    for password_hash in hashes:
        credential = regenerate(credential, password_hash, policy, NOW)
    return credential


def valid(credential: Credential, now: datetime = NOW) -> set[str]:
    return {password_hash for password_hash in (FIRST, SECOND, THIRD) if opens(credential, password_hash, now)}


def test_s1_14_the_former_password_is_replaced_at_once():
    assert valid(after(AT_ONCE, FIRST, SECOND)) == {SECOND}


def test_s1_15_after_three_requests_only_the_last_password_works():
    assert valid(after(AT_ONCE, FIRST, SECOND, THIRD)) == {THIRD}


def test_s1_17_the_hardened_profile_keeps_the_old_password_until_the_new_one_is_used():
    used = use(after(HARDENED, FIRST), FIRST, NOW)
    asked = regenerate(used, SECOND, HARDENED, NOW)

    assert valid(asked) == {FIRST, SECOND}
    assert valid(use(asked, FIRST, NOW)) == {FIRST, SECOND}
    assert valid(use(asked, SECOND, NOW)) == {SECOND}


def test_s1_17_a_stranger_who_asks_twice_does_not_push_the_old_password_out():
    used = use(after(HARDENED, FIRST), FIRST, NOW)
    asked_twice = regenerate(regenerate(used, SECOND, HARDENED, NOW), THIRD, HARDENED, NOW)

    assert valid(asked_twice) == {FIRST, THIRD}


def test_a_temporary_password_expires_by_the_given_clock():
    credential = after(HARDENED, FIRST)

    assert opens_only_a_choice(credential, FIRST)
    assert valid(credential, NOW + timedelta(hours=23, minutes=59)) == {FIRST}
    assert valid(credential, NOW + timedelta(hours=24)) == set()


def test_a_temporary_password_lasts_no_longer_because_the_next_was_asked_for():
    asked_again = regenerate(after(HARDENED, FIRST), SECOND, HARDENED, NOW + timedelta(hours=23))

    assert valid(asked_again, NOW + timedelta(hours=23)) == {FIRST, SECOND}
    assert valid(asked_again, NOW + timedelta(hours=24)) == {SECOND}
    assert opens_only_a_choice(asked_again, FIRST)


def test_s1_17_the_owners_own_password_opens_everything_whatever_a_stranger_asks_for():
    own = choose(none_yet(WHOSE), FIRST, NOW)
    asked_twice = regenerate(regenerate(own, SECOND, HARDENED, NOW), THIRD, HARDENED, NOW)

    assert valid(asked_twice, NOW + timedelta(days=2)) == {FIRST}
    assert not opens_only_a_choice(asked_twice, FIRST)
    assert opens_only_a_choice(asked_twice, THIRD)


def released(former: Credential, password_hash: PasswordHash, *, temporary: bool = False) -> Credential:
    return release(former, password_hash, use_until=LATE, temporary=temporary, now=NOW)


def test_s2_07_a_released_password_replaces_every_other_at_once():
    own = choose(none_yet(WHOSE), FIRST, NOW)
    asked = regenerate(own, SECOND, HARDENED, NOW)

    assert valid(asked) == {FIRST, SECOND}
    assert valid(released(asked, THIRD)) == {THIRD}


def test_s2_07_it_opens_nothing_unless_it_is_used_in_time_and_lasts_where_it_was():
    credential = released(none_yet(WHOSE), FIRST)
    used = use(credential, FIRST, LATE - A_MOMENT)

    assert valid(credential, LATE - A_MOMENT) == {FIRST}
    assert valid(credential, LATE) == set()
    assert valid(used, LATE + timedelta(days=400)) == {FIRST}
    assert not opens_only_a_choice(used, FIRST)


def test_s2_07_where_people_choose_their_passwords_it_opens_that_choice_and_only_as_long():
    used = use(released(none_yet(WHOSE), FIRST, temporary=True), FIRST, NOW)

    assert opens_only_a_choice(used, FIRST)
    assert valid(used, LATE - A_MOMENT) == {FIRST}
    assert valid(used, LATE) == set()


def test_a_released_password_lasts_no_longer_because_the_next_was_asked_for():
    asked = regenerate(released(none_yet(WHOSE), FIRST), SECOND, HARDENED, NOW)

    assert valid(asked, LATE - A_MOMENT) == {FIRST, SECOND}
    assert valid(asked, LATE) == {SECOND}


def test_b2_what_was_generated_and_never_used_ends_and_what_its_owner_knows_stays():
    own = use(after(HARDENED, FIRST), FIRST, NOW)
    asked = regenerate(own, SECOND, HARDENED, NOW)

    assert valid(end_unused(asked, NOW)) == {FIRST}
    assert opens_only_a_choice(end_unused(asked, NOW), FIRST), "as it did before"
    assert valid(end_unused(asked, NOW), NOW + timedelta(hours=24)) == set(), "nor for longer"
    assert end_unused(asked, NOW).generation > asked.generation


def test_b2_of_two_that_were_never_used_both_end():
    assert valid(after(HARDENED, FIRST, SECOND)) == {FIRST, SECOND}
    assert valid(end_unused(after(HARDENED, FIRST, SECOND), NOW)) == set()


def test_b2_where_nothing_is_under_way_nothing_changes():
    for credential in (
        none_yet(WHOSE),
        choose(none_yet(WHOSE), FIRST, NOW),
        use(after(AT_ONCE, FIRST), FIRST, NOW),
        use(regenerate(choose(none_yet(WHOSE), FIRST, NOW), SECOND, HARDENED, NOW), SECOND, NOW),
    ):
        assert end_unused(credential, NOW) is credential


def test_a_password_ended_unused_is_not_kept_as_a_former_one():
    ended = end_unused(after(HARDENED, FIRST), NOW)

    assert valid(regenerate(ended, SECOND, HARDENED, NOW)) == {SECOND}


def test_an_account_that_was_never_activated_has_no_password():
    assert valid(none_yet(WHOSE)) == set()


@given(st.lists(st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)), min_size=1))
def test_generations_only_grow_whatever_the_clock_does(times: list[datetime]):
    generations = [0]
    for now in times:
        generations.append(next_version(generations[-1], now))

    assert generations == sorted(set(generations))
    assert generations[1] == max(1, int(times[0].timestamp() * 1000))


def test_a_database_restored_from_yesterday_does_not_fall_behind():
    yesterdays, lost = after(AT_ONCE, FIRST), after(AT_ONCE, FIRST, SECOND)
    restored = regenerate(yesterdays, THIRD, AT_ONCE, NOW + timedelta(seconds=1))

    assert restored.generation > lost.generation
