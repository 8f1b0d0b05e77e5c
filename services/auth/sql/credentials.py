"""Credentials, read and written under the lock of their account."""

from collections.abc import Collection, Sequence
from typing import Any

import asyncpg

from services.auth.domain.credentials import Credential, Password, none_yet
from services.auth.domain.names import folded
from shared.db import Database, Transaction
from shared.ids import AccountId, PortalName

_PASSWORDS = """generation, password_hash, generated, expires_at, temporary, use_until, used_at,
           former_hash, former_generated, former_expires_at, former_temporary, former_use_until, former_used_at"""

GET = f"""
    select account_id, {_PASSWORDS}
      from credentials
     where account_id = $1
"""  # noqa: S608 -- of constants

LIST = f"""
    select account_id, {_PASSWORDS}
      from credentials
     where account_id = any($1::uuid[])
     order by account_id
"""  # noqa: S608 -- of constants

# Both rows are locked, so both are read as whoever held the account before has left them.
LOCK_OPEN = f"""
    select c.account_id, {_PASSWORDS}
      from accounts a
      join credentials c on c.account_id = a.id
     where a.portal = $1 and a.id = $2 and a.closed_at is null
       for update
"""  # noqa: S608 -- of constants

SAVE = f"""
    insert into credentials (account_id, {_PASSWORDS})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (account_id) do update
       set generation = excluded.generation, password_hash = excluded.password_hash, generated = excluded.generated,
           expires_at = excluded.expires_at, temporary = excluded.temporary, use_until = excluded.use_until,
           used_at = excluded.used_at, former_hash = excluded.former_hash, former_generated = excluded.former_generated,
           former_expires_at = excluded.former_expires_at, former_temporary = excluded.former_temporary,
           former_use_until = excluded.former_use_until, former_used_at = excluded.former_used_at
"""  # noqa: S608 -- of constants

# Where both a code and an address are names to sign in with, the code goes first. An address of several accounts names
# none of them.
FIND_FOR_SIGN_IN = f"""
    select c.account_id, {_PASSWORDS}
      from credentials c
      join accounts a on a.id = c.account_id
     where a.id = coalesce(
               (select id from accounts where portal = $1 and identifier = $2 and closed_at is null),
               (select min(id::text)::uuid from accounts
                 where portal = $1 and email_folded = $3 and email_folded <> '' and closed_at is null
                having count(*) = 1))
"""  # noqa: S608 -- of constants


async def get_credential(tx: Transaction, account_id: AccountId) -> Credential:
    """An account that was never activated has one that no password opens."""
    row = await tx.fetchrow(GET, account_id)
    return none_yet(account_id) if row is None else _credential_from(row)


async def list_credentials(tx: Transaction, account_ids: Collection[AccountId]) -> Sequence[Credential]:
    """Of those that were ever activated."""
    return [_credential_from(row) for row in await tx.fetch(LIST, list(account_ids))]


async def lock_open_credential(tx: Transaction, portal: PortalName, account_id: AccountId) -> Credential | None:
    """With its account. None where that is closed, or was never activated."""
    row = await tx.fetchrow(LOCK_OPEN, portal, account_id)
    return None if row is None else _credential_from(row)


async def save_credential(tx: Transaction, credential: Credential) -> None:
    await tx.execute(SAVE, *credential_row(credential))


async def find_for_sign_in(
    db: Database, portal: PortalName, login: str, sign_in_names: frozenset[str]
) -> Credential | None:
    """`login` as forgiven; what the portal does not take for a name to sign in with is not looked for."""
    code = login if "identifier" in sign_in_names else None
    address = folded(login) if "email" in sign_in_names else None
    row = await db.fetchrow(FIND_FOR_SIGN_IN, portal, code, address)
    return None if row is None else _credential_from(row)


def credential_row(credential: Credential) -> tuple[object, ...]:
    """The values of SAVE."""
    passwords = _password_row(credential.newest), _password_row(credential.former)
    return credential.account_id, credential.generation, *passwords[0], *passwords[1]


def _password_row(password: Password | None) -> tuple[object, ...]:
    if password is None:
        return None, False, None, False, None, None
    return (
        password.hash,
        password.generated,
        password.expires_at,
        password.temporary,
        password.use_until,
        password.used_at,
    )


def _credential_from(row: asyncpg.Record) -> Credential:
    values = tuple(row)
    return Credential(AccountId(values[0]), values[1], _password_from(values[2:8]), _password_from(values[8:14]))


def _password_from(values: tuple[Any, ...]) -> Password | None:
    return None if values[0] is None else Password(*values)
