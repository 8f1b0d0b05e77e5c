"""What replaces what, and when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.credentials import (
    Credential,
    PasswordHash,
    choose,
    none_yet,
    opens,
    opens_only_a_choice,
    regenerate,
    use,
)
from shared.ids import AccountId
from shared.portals.policy import PasswordPolicy
from shared.versions import next_version

WHOSE = AccountId(UUID(int=1))
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
AT_ONCE = PasswordPolicy(former="replaced_at_once")
HARDENED = PasswordPolicy(former="valid_until_used", expires_after=timedelta(hours=24))
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

    assert credential.temporary
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
