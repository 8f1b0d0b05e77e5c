"""Accounts that are closed and opened again (B11)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.accounts import Account, Details, close, reopen
from shared.ids import AccountId, Language, PortalName

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
OPEN = Account(
    AccountId(UUID(int=1)),
    PortalName("sample"),
    "0000000001",
    Details("", "Camille Exemple", "camille@example.org", Language("fr")),
    contact_version=1,
    opened_at=NOW - timedelta(days=1),
)
clocks = st.lists(st.integers(-100_000, 100_000).map(lambda seconds: NOW + timedelta(seconds=seconds)))


def test_b11_closed_twice_it_was_closed_once():
    closed = close(OPEN, NOW)

    assert closed.closed_at == NOW
    assert close(closed, NOW + timedelta(days=1)) is closed
    assert not closed.gets_passwords


def test_b11_reopened_twice_it_was_reopened_once():
    reopened = reopen(close(OPEN, NOW), NOW + timedelta(days=1))

    assert (reopened.closed_at, reopened.reopened_at) == (None, NOW + timedelta(days=1))
    assert reopen(reopened, NOW + timedelta(days=2)) is reopened
    assert reopen(OPEN, NOW) is OPEN


@given(clocks)
def test_b11_each_closing_and_reopening_is_later_than_the_one_before_whatever_the_clock_says(clocks: list[datetime]):
    account, told = OPEN, [OPEN.opened_at]
    for now in clocks:
        account = close(account, now) if account.closed_at is None else reopen(account, now)
        told.append(account.closed_at or account.reopened_at or now)

    assert told == sorted(set(told))
