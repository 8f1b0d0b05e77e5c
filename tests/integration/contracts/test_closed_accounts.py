"""B11 for contracts: what a closed account has, it keeps; the desk gives it nothing more."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.domain.errors import AccountIsClosed
from shared.events import AccountClosed, AccountReopened
from shared.ids import AccountId, PortalName
from tests.integration.contracts.conftest import Contracts

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def closed(account_id: AccountId, at: datetime = NOW) -> AccountClosed:
    return AccountClosed(account_id=account_id, portal=PortalName("ecocito"), closed_at=at)


def reopened(account_id: AccountId, at: datetime = LATER) -> AccountReopened:
    return AccountReopened(account_id=account_id, portal=PortalName("ecocito"), reopened_at=at)


async def test_b11_the_desk_links_nothing_to_a_closed_account_until_it_is_reopened(contracts: Contracts):
    account_id, contract = await contracts.known(), await contracts.register()
    await contracts.hear(closed(account_id))
    with pytest.raises(AccountIsClosed):
        await contracts.desk_link(account_id, contract)
    assert await contracts.list(account_id) == []

    await contracts.hear(reopened(account_id))
    await contracts.desk_link(account_id, contract)
    assert [one.id for one in await contracts.list(account_id)] == [contract.id]


async def test_b11_what_it_has_it_keeps(contracts: Contracts):
    account_id, contract = await contracts.known(), await contracts.register()
    await contracts.desk_link(account_id, contract)
    await contracts.hear(closed(account_id), reopened(account_id))

    assert await contracts.active(account_id) == contract.id


async def test_b11_a_closing_replayed_after_the_reopening_changes_nothing(contracts: Contracts):
    account_id, contract = await contracts.known(), await contracts.register()
    await contracts.hear(reopened(account_id), closed(account_id))

    await contracts.desk_link(account_id, contract)
