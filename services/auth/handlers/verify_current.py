"""Somebody who is signed in shows their password once more, before what matters is changed."""

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.credentials import PasswordHash
from services.auth.domain.errors import CurrentPasswordWrong
from services.auth.domain.passwords import as_typed
from services.auth.sql import credentials
from shared import limits
from shared.ids import AccountId
from shared.limits import Spent
from shared.portals import Portal


async def count_showing(deps: Deps, portal: Portal, account_id: AccountId) -> Spent:
    """Every try counts until it has succeeded: whoever finds a browser open must not find out the password with it.

    Whatever it is shown for, it is counted together. Raises TooManyRequests.
    """
    limit = portal.limits.failed_sign_ins_per_name_and_address
    return await limits.spend(deps.db, limit, "password_shown", portal.name, str(account_id))


async def verify_current(deps: Deps, account_id: AccountId, current: SecretStr) -> PasswordHash:
    """The hash the password matches; whether that still opens the account is to be seen under its lock.

    Raises CurrentPasswordWrong, Overloaded.
    """
    async with deps.db.transaction() as tx:
        credential = await credentials.get_credential(tx, account_id)
    typed = as_typed(current.get_secret_value())
    for candidate in credential.hashes():
        if candidate is not None and await deps.hasher.verify(candidate, typed):
            return candidate
    raise CurrentPasswordWrong
