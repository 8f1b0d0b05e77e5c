"""Links to choose a new password, written under the lock of their account."""

from collections.abc import Collection

from services.auth.domain.errors import TokenNotRecognised
from services.auth.domain.resets import Reset
from shared.db import Transaction
from shared.ids import AccountId, PortalName

INSERT = "insert into resets (token_hash, account_id, email_folded, expires_at) values ($1, $2, $3, $4)"

INSERT_DECOY = INSERT.replace("into resets", "into decoy_resets")

GET = """
    select r.token_hash, r.account_id, r.email_folded, r.expires_at, r.ended_at
      from resets r
      join accounts a on a.id = r.account_id
     where r.token_hash = $1 and a.portal = $2
"""

END = "update resets set ended_at = now() where account_id = any($1::uuid[]) and ended_at is null"


async def insert_reset(tx: Transaction, reset: Reset) -> None:
    await tx.execute(INSERT, reset.token_hash, reset.account_id, reset.email_folded, reset.expires_at)


async def insert_decoy_reset(tx: Transaction, reset: Reset) -> None:
    """The same work and a row as large, read by nobody."""
    await tx.execute(INSERT_DECOY, reset.token_hash, reset.account_id, reset.email_folded, reset.expires_at)


async def get_reset(tx: Transaction, portal: PortalName, token_hash: bytes) -> Reset:
    """Raises TokenNotRecognised."""
    row = await tx.fetchrow(GET, token_hash, portal)
    if row is None:
        raise TokenNotRecognised
    return Reset(
        token_hash=row["token_hash"],
        account_id=AccountId(row["account_id"]),
        email_folded=row["email_folded"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
    )


async def end_resets(tx: Transaction, account_ids: Collection[AccountId]) -> None:
    """Every link of these accounts: whoever has chosen a password needs none, and nobody else shall have one."""
    await tx.execute(END, list(account_ids))
