"""The operator's customer file becomes accounts: checked as a whole, then applied a thousand lines at a time.

Mails nobody. What is published goes the bulk lane: it yields to what a person waits for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO

from services.auth.domain.accounts import Account, Details
from services.auth.domain.customer_file import Entry, apply_entry
from services.auth.domain.errors import IdentifierTaken, ImportUnderWay
from services.auth.domain.identifiers import generate_identifier
from services.auth.handlers.check_customer_file import Checked, entries
from services.auth.sql import imports
from services.auth.sql.imports import Counts
from shared import audit, outbox
from shared.db import Database, Transaction
from shared.events import AccountOpened, Event
from shared.ids import AccountId, new_id
from shared.portals import Portal

BATCH = 1_000
TRIES = 5  # of a batch: somebody else may take an identifier between our look and our insert
COMMAND = "guichet accounts import"


async def import_accounts(
    db: Database, portal: Portal, file: IO[bytes], checked: Checked, progress: Callable[[Counts], None]
) -> Counts:
    """`checked` is this file's, and without a fault. Broken off, the same file goes on after its last whole batch,
    unless another was begun in between: that one may have written over it.

    Raises ImportUnderWay, IdentifierTaken (the portal's identifiers have run out), DatabaseUnavailable.
    """
    async with db.transaction() as tx:
        counts = await imports.begin_import(tx, portal.name, checked.fingerprint)
    rest = islice(entries(file, portal), counts.rows_done, None)
    while True:
        batch = list(islice(rest, BATCH))
        counts = await _apply_in_time(db, portal, checked, batch, counts)
        progress(counts)
        if len(batch) < BATCH:
            return counts


async def _apply_in_time(db: Database, portal: Portal, checked: Checked, batch: list[Entry], counts: Counts) -> Counts:
    for _ in range(TRIES):
        try:
            async with db.transaction() as tx:
                return await _apply(tx, portal, checked, batch, counts)
        except IdentifierTaken:
            continue  # what was given is found now, what was drawn is drawn again
    raise IdentifierTaken


async def _apply(tx: Transaction, portal: Portal, checked: Checked, batch: list[Entry], counts: Counts) -> Counts:
    if await imports.lock_progress(tx, portal.name, checked.fingerprint) != counts:
        raise ImportUnderWay
    identifiers = [entry.identifier for entry in batch if entry.identifier]
    people = [entry.person for entry in batch if not entry.identifier]
    outcome = _decide(tx, portal, batch, await imports.lock_meant(tx, portal.name, identifiers, people))

    if await imports.insert_accounts(tx, outcome.created) < len(outcome.created):
        raise IdentifierTaken
    await imports.save_accounts(tx, outcome.changed)
    await outbox.insert_all(tx, outcome.events, lane=outbox.Lane.BULK)

    counts = Counts(
        counts.rows_done + len(batch),
        counts.created + len(outcome.created),
        counts.changed + len(outcome.changed),
        counts.unchanged + outcome.unchanged,
    )
    if len(batch) == BATCH:
        await imports.save_progress(tx, portal.name, checked.fingerprint, counts)
    else:
        await imports.finish_import(tx, portal.name, checked.fingerprint)
        said = {"created": counts.created, "changed": counts.changed, "unchanged": counts.unchanged}
        await audit.insert_entry(tx, audit.operator(COMMAND), "accounts_imported", portal.name, details=said)
    return counts


@dataclass(slots=True)
class Outcome:
    """What a batch comes to, and what is to be told of it."""

    created: list[Account] = field(default_factory=list)
    changed: list[Account] = field(default_factory=list)
    unchanged: int = 0
    events: list[Event] = field(default_factory=list)


def _decide(tx: Transaction, portal: Portal, batch: Sequence[Entry], meant: Sequence[Account]) -> Outcome:
    outcome, known = Outcome(), _Known(meant)
    for entry in batch:
        former = known.take(entry)
        account = apply_entry(entry, former or _blank(portal, entry, tx.now), tx.now)
        if former is None:
            outcome.created.append(account)
            opened = AccountOpened(account_id=account.id, portal=portal.name, opened_at=tx.now, by="import")
            outcome.events += [opened, account.contact]
        elif account is former:
            outcome.unchanged += 1
        else:
            outcome.changed.append(account)
            if account.contact_version != former.contact_version:
                outcome.events.append(account.contact)
    return outcome


def _blank(portal: Portal, entry: Entry, now: datetime) -> Account:
    """An account of which nothing is known yet but what it is called."""
    identifier = entry.identifier or generate_identifier(portal.policy.identifier)
    nothing = Details("", "", "", portal.languages[0])
    return Account(AccountId(new_id()), portal.name, identifier, nothing, contact_version=0, opened_at=now)


class _Known:
    """The accounts a batch means; each is meant by one line at most."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._by_identifier = {account.identifier: account for account in accounts}
        self._by_person: dict[tuple[str, str], list[Account]] = {}
        for account in accounts:
            self._by_person.setdefault(account.person, []).append(account)

    def take(self, entry: Entry) -> Account | None:
        if entry.identifier:
            return self._by_identifier.pop(entry.identifier, None)
        namesakes = (self._by_identifier.pop(one.identifier, None) for one in self._by_person.get(entry.person, ()))
        return next(filter(None, namesakes), None)
