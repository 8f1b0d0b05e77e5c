"""Addresses that people gave as theirs, written under the lock of their account."""

from services.auth.domain.address_changes import AddressChange
from services.auth.domain.errors import TokenNotRecognised
from shared.db import Transaction
from shared.ids import AccountId, PortalName

INSERT = """
    insert into address_changes (token_hash, account_id, email, former_folded, asked_with, expires_at)
    values ($1, $2, $3, $4, $5, $6)
"""

GET = """
    select c.token_hash, c.account_id, c.email, c.former_folded, c.asked_with, c.expires_at, c.ended_at
      from address_changes c
      join accounts a on a.id = c.account_id
     where c.token_hash = $1 and a.portal = $2
"""

END = "update address_changes set ended_at = now() where account_id = $1 and ended_at is null"


async def insert_address_change(tx: Transaction, change: AddressChange) -> None:
    await tx.execute(
        INSERT,
        change.token_hash,
        change.account_id,
        change.email,
        change.former_folded,
        change.asked_with,
        change.expires_at,
    )


async def get_address_change(tx: Transaction, portal: PortalName, token_hash: bytes) -> AddressChange:
    """Raises TokenNotRecognised."""
    row = await tx.fetchrow(GET, token_hash, portal)
    if row is None:
        raise TokenNotRecognised
    return AddressChange(**{**row, "account_id": AccountId(row["account_id"])})


async def end_address_changes(tx: Transaction, account_id: AccountId) -> None:
    """Every one of the account: only the last that was asked for can be confirmed."""
    await tx.execute(END, account_id)
