"""The customer file says of addresses that several people read their mails (B2)."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from services.auth.domain.customer_file import Entry
from services.auth.domain.mailboxes import Mailbox
from services.auth.sql import mailboxes
from shared.db import Transaction
from shared.ids import PortalName


class Flags(NamedTuple):
    """Of a batch's addresses, folded: whether each is shared, and those of which that is new."""

    shared: Mapping[str, bool]
    turned: Collection[str]


async def flag_by_file(tx: Transaction, portal: PortalName, batch: Sequence[Entry], said: Collection[str]) -> Flags:
    """`said`: all addresses that a line of the whole file calls shared. No account is locked yet.

    The flags are held from here on; alone, only where the file says something new: nobody at the desk waits for an
    import that repeats what it said last night.
    """
    addresses = {entry.address for entry in batch} - {""}
    asked = {entry.address for entry in batch if entry.mailbox_shared is not None} - {""}
    await mailboxes.hold_flags(tx, portal)
    before = await mailboxes.list_mailboxes(tx, portal, addresses)
    if _said_anew(before, asked, said):
        await mailboxes.hold_flags_alone(tx, portal)
        before = await mailboxes.list_mailboxes(tx, portal, addresses)
    after = before | _said_anew(before, asked, said)
    await mailboxes.save_mailboxes(tx, portal, {one: after[one] for one in addresses if after[one] != before[one]})
    return Flags(
        {address: mailbox.shared for address, mailbox in after.items()},
        [address for address in addresses if after[address].shared != before[address].shared],
    )


def _said_anew(before: Mapping[str, Mailbox], asked: Collection[str], said: Collection[str]) -> dict[str, Mailbox]:
    told = {address: before[address].said_by_file(shared=address in said) for address in asked}
    return {address: mailbox for address, mailbox in told.items() if mailbox != before[address]}
