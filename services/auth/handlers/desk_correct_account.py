"""The desk corrects what the customer file says of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, correct
from services.auth.domain.details import acceptable
from services.auth.sql import accounts
from shared import audit, outbox
from shared.ids import AccountId
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class CorrectAccount:
    portal: Portal
    actor: audit.Actor
    account_id: AccountId
    changes: Mapping[str, Any]  # fields of Details, and mailbox_shared; what is absent stays


async def correct_account(deps: Deps, command: CorrectAccount) -> Account:
    """A changed contact is published under a new version: mails go to no older one. The identifier never changes.

    Raises AccountNotFound, DetailsNotAcceptable.
    """
    portal, changes = command.portal, dict(command.changes)
    async with deps.db.transaction() as tx:
        account = await accounts.lock_account(tx, portal.name, command.account_id)
        shared = changes.pop("mailbox_shared", account.mailbox_shared)
        details = acceptable(replace(account.details, **changes), portal.services)
        corrected = correct(account, details, mailbox_shared=shared, now=tx.now)
        if corrected is not account:
            await accounts.save_account(tx, corrected)
        if corrected.contact_version != account.contact_version:
            await outbox.insert(tx, corrected.contact)
        fields = {"fields": sorted(command.changes)}
        await audit.insert_entry(
            tx, command.actor, "account_corrected", portal.name, account_id=account.id, details=fields
        )
    deps.doorbell.ring()
    return corrected
