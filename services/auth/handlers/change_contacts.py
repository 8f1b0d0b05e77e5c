"""The one place where accounts that exist are changed in what the customer file says of them, or in how they are
reached: at the desk, by a file, by their owners (B12), or because of their address (B2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.auth.domain.accounts import Account, Details, correct
from services.auth.handlers.end_under_way import end_under_way
from services.auth.sql import credentials, mailboxes
from services.auth.sql.customer_file import save_accounts
from shared import outbox
from shared.db import Transaction
from shared.events import AddressChanged, Event, MailboxSharedChanged
from shared.ids import AccountId, new_id
from shared.outbox import Lane
from shared.portals import Portal
from shared.sealing import Sealer


class Change(NamedTuple):
    """An account as it was, and as it is to be: under another contact version where others must hear of it."""

    former: Account
    now: Account

    @property
    def moves(self) -> bool:
        """Away from an address: whoever reads that one may have a mail that was meant for its owner."""
        return self.former.details.email != "" and self.former.address != self.now.address

    @property
    def flags(self) -> bool:
        return self.now.mailbox_shared and not self.former.mailbox_shared

    @property
    def unflags(self) -> bool:
        return self.former.mailbox_shared and not self.now.mailbox_shared


async def change_details(
    tx: Transaction, sealer: Sealer, portal: Portal, account: Account, details: Details
) -> Account:
    """The account with these details, which are acceptable; where the address is another one, the former one is told.

    Before the account was locked, the flags were to be held (`mailboxes.hold_flags`): the new address may be shared.
    """
    shared = account.mailbox_shared
    if details.email != account.details.email:
        shared = await mailboxes.is_shared(tx, portal.name, details.email)
    changed = correct(account, details, mailbox_shared=shared, now=tx.now)
    await change_contacts(tx, portal, [Change(account, changed)], tell=sealer)
    return changed


async def change_contacts(
    tx: Transaction, portal: Portal, changes: Sequence[Change], *, tell: Sealer | None, lane: Lane = Lane.LIVE
) -> None:
    """Under the locks of all accounts, which were taken in the order of their ids, and of the flags before them; that
    the flag of each is its address's, the caller has seen to.

    For an account that leaves an address, and one whose address is shared from now on, what was mailed there and not
    used ends. `tell` seals the notice to the former address; None: nobody is mailed.
    """
    changes = [change for change in changes if change.now is not change.former]
    if not changes:
        return
    await save_accounts(tx, [change.now for change in changes])
    under_way = [change.now.id for change in changes if change.moves or change.flags]
    generations = dict(await end_under_way(tx, under_way))
    if unflagged := [change.now.id for change in changes if change.unflags and change.now.id not in under_way]:
        generations |= {one.account_id: one.generation for one in await credentials.list_credentials(tx, unflagged)}

    told = [fact for change in changes for fact in _facts(tx, portal, change, generations, tell)]
    await outbox.insert_all(tx, [event for _, event in told], event_ids=[id_ for id_, _ in told], lane=lane)


def _facts(
    tx: Transaction, portal: Portal, change: Change, generations: Mapping[AccountId, int], tell: Sealer | None
) -> Iterator[tuple[UUID, Event]]:
    account, generation = change.now, generations.get(change.now.id, 0)
    if change.moves:
        yield _address_changed(tx, portal, change.former, generation, tell)
    if change.flags or change.unflags:
        yield (
            new_id(),
            MailboxSharedChanged(
                account_id=account.id,
                portal=portal.name,
                shared=account.mailbox_shared,
                changed_at=tx.now,
                generation=generation,
            ),
        )
    if account.contact_version != change.former.contact_version:
        yield new_id(), account.contact


def _address_changed(
    tx: Transaction, portal: Portal, former: Account, generation: int, tell: Sealer | None
) -> tuple[UUID, Event]:
    event_id, deliver_until = new_id(), tx.now + portal.policy.tell_within
    sealed = tell and tell.seal(
        {"address": former.details.email, "name": former.details.name},
        event_id=event_id,
        account_id=former.id,
        generation=None,
        deliver_until=deliver_until,
    )
    return event_id, AddressChanged(
        account_id=former.id,
        portal=portal.name,
        deliver_until=deliver_until,
        language=former.details.language,
        changed_at=tx.now,
        sealed=sealed,
        generation=generation,
    )
