"""After a restore, auth hears what it told others since the backup: accounts, passwords and sessions are as careful
again as they were."""

from collections.abc import Sequence
from datetime import datetime

from services.auth.domain.accounts import Account
from services.auth.domain.credentials import none_yet
from services.auth.domain.recalled import closed_as_told, opened_since, opening_as_told, reached_as_told
from services.auth.sql import credentials, recalled, resets
from services.auth.sql.accounts import save_account
from services.auth.sql.customer_file import insert_accounts, save_accounts
from shared.db import Transaction
from shared.events import ContactChanged, SessionsEnded, Topic
from shared.ids import AccountId
from shared.inbox import Received


class Recollection:
    """Contacts first: an account that the backup did not have is opened by its contact."""

    topics = (Topic.CONTACTS, Topic.ACCOUNTS)

    def __init__(self) -> None:
        self._opened = self._taken = 0
        self._without_password: set[AccountId] = set()
        self._erased: set[AccountId] = set()

    async def take(self, tx: Transaction, received: Sequence[Received]) -> None:
        known = await recalled.lock_all(tx, {AccountId(one.key) for one in received})
        if received[0].topic is Topic.CONTACTS:
            await self._take_contacts(tx, known, received)
        else:
            await self._take_facts(tx, known, [one for one in received if one.key in known])

    async def finish(self, tx: Transaction) -> Sequence[str]:
        await recalled.make_consistent(tx)
        lines = []
        if self._opened:
            lines.append(
                f"{self._opened} accounts were opened since: they are here again, without their services and without"
                " who is a contact person; the next customer file brings both"
            )
        if self._taken:
            lines.append(
                f"{self._taken} accounts were opened since, and their identifiers are others' by now: left out"
            )
        if self._without_password:
            lines.append(f"{len(self._without_password)} passwords were replaced since: their owners ask for another")
        return [*lines, *(f"account {one} was erased since: erase it again" for one in sorted(self._erased))]

    async def _take_contacts(
        self, tx: Transaction, known: dict[AccountId, Account], received: Sequence[Received]
    ) -> None:
        fresh: list[Account] = []
        changed: list[Account] = []
        for id_, one in {AccountId(one.key): one for one in received}.items():  # the last of each
            account = known.get(id_)
            if not isinstance(one.event, ContactChanged):
                self._erased |= {id_} & known.keys()
            elif account is None:
                fresh.append(opened_since(one.event, one.envelope.time))
            elif (told := reached_as_told(account, one.event)) is not account:
                changed.append(told)
        inserted = await insert_accounts(tx, fresh) if fresh else 0
        self._opened += inserted
        self._taken += len(fresh) - inserted
        if changed:
            await save_accounts(tx, changed)

    async def _take_facts(self, tx: Transaction, known: dict[AccountId, Account], received: Sequence[Received]) -> None:
        former = {one.account_id: one for one in await credentials.list_credentials(tx, known)}
        after, accounts = dict(former), dict(known)
        ended: dict[AccountId, datetime] = {}
        for one in received:
            id_, event = AccountId(one.key), one.event
            if event is None:
                continue
            accounts[id_] = closed_as_told(accounts[id_], event)
            after[id_] = opening_as_told(after.get(id_, none_yet(id_)), event, tx.now)
            if isinstance(event, SessionsEnded):
                ended[id_] = event.ended_at
        changed = [one for id_, one in after.items() if one != former.get(id_, none_yet(id_))]
        for credential in changed:
            await credentials.save_credential(tx, credential)
            if credential.newest is None:
                self._without_password.add(credential.account_id)
        for id_, account in accounts.items():
            if account != known[id_]:
                await save_account(tx, account)
        await resets.end_resets(tx, {one.account_id for one in changed})
        await recalled.end_sessions_told(tx, ended)
