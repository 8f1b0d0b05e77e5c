"""The one place where what was mailed and not used yet comes to nothing: its mailbox turned out to be shared (B2), is
not the person's any more (B12), or the account was closed (B11)."""

from collections.abc import Collection, Mapping

from services.auth.domain.credentials import end_unused
from services.auth.sql import credentials, resets
from shared.db import Transaction
from shared.ids import AccountId


async def end_under_way(tx: Transaction, account_ids: Collection[AccountId]) -> Mapping[AccountId, int]:
    """Under the accounts' locks: ends their generated passwords that nobody used, and their links to choose one. What
    their owners chose or have used opens the accounts as before, and nobody is signed out.

    The generation of each: whatever was generated before it opens nothing. Without those that were never activated.
    """
    if not account_ids:
        return {}
    generations = {}
    for credential in await credentials.list_credentials(tx, account_ids):
        after = end_unused(credential, tx.now)
        if after is not credential:
            await credentials.save_credential(tx, after)
        generations[after.account_id] = after.generation
    await resets.end_resets(tx, account_ids)
    return generations
