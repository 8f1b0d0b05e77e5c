"""Credentials, read and written under the lock of their account."""

from services.auth.domain.credentials import Credential, none_yet
from services.auth.domain.names import folded
from shared.db import Database, Transaction
from shared.ids import AccountId, PortalName

GET = """
    select generation, password_hash, expires_at, used_at, former_hash, temporary, former_expires_at
      from credentials
     where account_id = $1
"""

# Both rows are locked, so both are read as whoever held the account before has left them.
LOCK_OPEN = """
    select c.account_id, c.generation, c.password_hash, c.expires_at, c.used_at, c.former_hash, c.temporary,
           c.former_expires_at
      from accounts a
      join credentials c on c.account_id = a.id
     where a.portal = $1 and a.id = $2 and a.closed_at is null
       for update
"""

SAVE = """
    insert into credentials (account_id, generation, password_hash, expires_at, used_at, former_hash, temporary,
                             former_expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (account_id) do update
       set generation = excluded.generation, password_hash = excluded.password_hash, expires_at = excluded.expires_at,
           used_at = excluded.used_at, former_hash = excluded.former_hash, temporary = excluded.temporary,
           former_expires_at = excluded.former_expires_at
"""

# Where both a code and an address are names to sign in with, the code goes first. An address of several accounts names
# none of them.
FIND_FOR_SIGN_IN = """
    select c.account_id, c.generation, c.password_hash, c.expires_at, c.used_at, c.former_hash, c.temporary,
           c.former_expires_at
      from credentials c
      join accounts a on a.id = c.account_id
     where a.id = coalesce(
               (select id from accounts where portal = $1 and identifier = $2 and closed_at is null),
               (select min(id::text)::uuid from accounts
                 where portal = $1 and email_folded = $3 and email_folded <> '' and closed_at is null
                having count(*) = 1))
"""


async def get_credential(tx: Transaction, account_id: AccountId) -> Credential:
    """An account that was never activated has one that no password opens."""
    row = await tx.fetchrow(GET, account_id)
    return none_yet(account_id) if row is None else Credential(account_id, **row)


async def lock_open_credential(tx: Transaction, portal: PortalName, account_id: AccountId) -> Credential | None:
    """With its account. None where that is closed, or was never activated."""
    row = await tx.fetchrow(LOCK_OPEN, portal, account_id)
    return None if row is None else Credential(**row)


async def save_credential(tx: Transaction, credential: Credential) -> None:
    await tx.execute(SAVE, *credential_row(credential))


async def find_for_sign_in(
    db: Database, portal: PortalName, login: str, sign_in_names: frozenset[str]
) -> Credential | None:
    """`login` as forgiven; what the portal does not take for a name to sign in with is not looked for."""
    code = login if "identifier" in sign_in_names else None
    address = folded(login) if "email" in sign_in_names else None
    row = await db.fetchrow(FIND_FOR_SIGN_IN, portal, code, address)
    return None if row is None else Credential(**row)


def credential_row(credential: Credential) -> tuple[object, ...]:
    """The values of SAVE."""
    return (
        credential.account_id,
        credential.generation,
        credential.password_hash,
        credential.expires_at,
        credential.used_at,
        credential.former_hash,
        credential.temporary,
        credential.former_expires_at,
    )
