"""The one place where a single account comes into being: at the desk, or because its owner asked for it."""

from dataclasses import replace
from typing import Literal

from services.auth.domain.accounts import Account
from services.auth.domain.errors import IdentifierTaken
from services.auth.domain.identifiers import generate_identifier
from services.auth.sql import accounts, mailboxes
from shared import outbox
from shared.db import Transaction
from shared.events import AccountOpened
from shared.portals import Portal

DRAWS = 20  # of a fresh identifier; more than one is needed when the portal's identifiers run short


async def add_account(
    tx: Transaction, portal: Portal, account: Account, *, by: Literal["operator", "customer"]
) -> Account:
    """The account as it was inserted: with an identifier by the portal's rule where it has none yet, and with a shared
    mailbox where its address is one.

    The flags are held from here on: no account was locked before but by who has them alone. Raises IdentifierTaken.
    """
    await mailboxes.hold_flags(tx, portal.name)
    shared = await mailboxes.is_shared(tx, portal.name, account.details.email)
    account = await _insert(tx, portal, replace(account, mailbox_shared=shared))
    opened = AccountOpened(account_id=account.id, portal=portal.name, opened_at=account.opened_at, by=by)
    await outbox.insert_all(tx, [opened, account.contact])
    return account


async def _insert(tx: Transaction, portal: Portal, account: Account) -> Account:
    for _ in range(1 if account.identifier else DRAWS):
        drawn = account.identifier or generate_identifier(portal.policy.identifier)
        if await accounts.insert_account(tx, identified := replace(account, identifier=drawn)):
            return identified
    raise IdentifierTaken
