"""Which of a portal's addresses are shared mailboxes (B2).

Accounts hold a copy. So that it is never behind, a portal's flags have a lock of their own: whoever flags an address
has it alone, whoever gives an account an address shares it. It is taken before a name's lock (`names.lock_name`) and
before any account's.
"""

import hashlib
from collections.abc import Collection, Mapping

from services.auth.domain.mailboxes import Mailbox
from services.auth.domain.names import folded
from shared.db import Transaction
from shared.ids import PortalName

HOLD = "select pg_advisory_xact_lock_shared($1)"

HOLD_ALONE = "select pg_advisory_xact_lock($1)"

LIST = (
    "select email_folded, by_desk, by_file from shared_mailboxes where portal = $1 and email_folded = any($2::text[])"
)

SAVE = """
    insert into shared_mailboxes (portal, email_folded, by_desk, by_file)
    select $1, * from unnest($2::text[], $3::boolean[], $4::boolean[])
        on conflict (portal, email_folded) do update set by_desk = excluded.by_desk, by_file = excluded.by_file
"""

DELETE = "delete from shared_mailboxes where portal = $1 and email_folded = any($2::text[])"


async def hold_flags(tx: Transaction, portal: PortalName) -> None:
    """Until the transaction ends nobody flags or unflags an address: an account may be given one."""
    await tx.execute(HOLD, _key(portal))


async def hold_flags_alone(tx: Transaction, portal: PortalName) -> None:
    """Until the transaction ends nobody else flags an address, and no account comes to one or leaves it."""
    await tx.execute(HOLD_ALONE, _key(portal))


async def list_mailboxes(tx: Transaction, portal: PortalName, addresses: Collection[str]) -> dict[str, Mailbox]:
    """Of all these addresses, which are given folded."""
    known = dict.fromkeys(addresses, Mailbox())
    for row in await tx.fetch(LIST, portal, list(known)):
        known[row["email_folded"]] = Mailbox(by_desk=row["by_desk"], by_file=row["by_file"])
    return known


async def is_shared(tx: Transaction, portal: PortalName, email: str) -> bool:
    """Whether an account that is given this address has a shared mailbox; the flags are held."""
    return (await list_mailboxes(tx, portal, [folded(email)]))[folded(email)].shared


async def save_mailboxes(tx: Transaction, portal: PortalName, mailboxes: Mapping[str, Mailbox]) -> None:
    """By their addresses, folded; the flags are held alone."""
    if shared := {address: mailbox for address, mailbox in mailboxes.items() if mailbox.shared}:
        by_desk, by_file = [m.by_desk for m in shared.values()], [m.by_file for m in shared.values()]
        await tx.execute(SAVE, portal, list(shared), by_desk, by_file)
    if unshared := [address for address in mailboxes if address not in shared]:
        await tx.execute(DELETE, portal, unshared)


def _key(portal: PortalName) -> int:
    return int.from_bytes(hashlib.sha256(f"shared_mailboxes\0{portal}".encode()).digest()[:8], signed=True)
