"""Facts from auth: accounts are brought up to date, and contracts that wait for their holder find them."""

from collections.abc import Iterable, Mapping, Sequence

from services.contracts.domain.accounts import Account
from services.contracts.handlers.link_holders import link_holders
from services.contracts.sql import accounts, holders
from shared.db import Transaction
from shared.events import AccountClosed, AccountReopened, ContactChanged, Event, SessionsEnded
from shared.ids import AccountId
from shared.inbox import Received

HEARD: frozenset[type[Event]] = frozenset({ContactChanged, SessionsEnded, AccountClosed, AccountReopened})


async def take_accounts(tx: Transaction, received: Sequence[Received]) -> None:
    """The inbox's `Handle`: a whole batch in a few statements, however long it is."""
    named = {(one.event.portal, one.event.identifier) for one in received if isinstance(one.event, ContactChanged)}
    if named:
        await holders.take_turns(tx, {portal for portal, _ in named})
    wanted = await holders.lock_wanted(tx, named) if named else ()
    heard = {AccountId(one.key): one.envelope.portal for one in received}
    await accounts.insert_missing(tx, heard)
    former = await accounts.lock_accounts(tx, heard)

    known = _hear(former, received)

    await accounts.save_heard(tx, [account for account in known.values() if account != former[account.id]])
    by_name = {(account.portal, account.identifier): account for account in known.values()}
    meant = ((by_name.get((contract.portal, contract.wanted_holder)), contract) for contract in wanted)
    await link_holders(tx, [(account, contract) for account, contract in meant if account is not None])


def _hear(former: Mapping[AccountId, Account], received: Iterable[Received]) -> dict[AccountId, Account]:
    known = dict(former)
    for one in received:
        account = known[AccountId(one.key)]
        match one.event:
            case ContactChanged():
                account = account.reached_by(one.event)
            case SessionsEnded():
                account = account.signed_out(one.event.ended_at)
            case AccountClosed():
                account = account.with_closing(True, one.event.closed_at)
            case AccountReopened():
                account = account.with_closing(False, one.event.reopened_at)
            case None:
                account = account.without_contact()
        known[account.id] = account
    return known
