"""The operator's customer file becomes accounts.

Mails nobody, unless new ones are to get their codes. What is published goes the bulk lane: it yields to what a person
waits for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services.auth.domain.accounts import Account, Details, correct
from services.auth.domain.customer_file import (
    COLUMNS,
    REQUIRED,
    Entry,
    FileRules,
    apply_entry,
    entry_faults,
    read_entry,
)
from services.auth.domain.errors import IdentifierTaken
from services.auth.domain.identifiers import generate_identifier
from services.auth.domain.offered import require_codes
from services.auth.handlers.change_contacts import Change, change_contacts
from services.auth.handlers.flag_by_file import Flags, flag_by_file
from services.auth.sql.customer_file import insert_accounts, lock_meant
from shared import outbox
from shared.db import Transaction
from shared.events import AccountOpened, CodeRequested, Event
from shared.ids import AccountId, new_id
from shared.imports import Checked, Counts, FileFormat, Import
from shared.portals import Portal


def customer_file(portal: Portal, *, send_codes: bool = False) -> Import[Entry]:
    """What `guichet accounts import` brings into this portal; IdentifierTaken: its identifiers have run out.

    `send_codes`: each account it opens is mailed its code, if it has an address. Raises CodeNotOffered.
    """
    if send_codes:
        require_codes(portal.policy)
    rules = FileRules(portal.policy.identifier, portal.services, portal.languages[0])
    layout = FileFormat(
        columns=COLUMNS,
        required=REQUIRED,
        read=lambda fields: read_entry(fields, rules),
        faults=lambda entry, fields: entry_faults(entry, fields, rules),
        key=lambda entry: entry.key,
        gather=lambda entry: entry.shared_address,
        repeated=_said_twice,
    )
    return Import(
        portal=portal.name,
        layout=layout,
        apply=partial(_apply, portal, send_codes),
        taken=IdentifierTaken,
        action="accounts_imported",
        command="guichet accounts import",
    )


def _said_twice(entry: Entry, line: int) -> str:
    what = "this identifier" if entry.identifier else "this name and email, and no identifier"
    return f"identifier: line {line} has {what} already"


async def _apply(portal: Portal, send_codes: bool, tx: Transaction, batch: Sequence[Entry], checked: Checked) -> Counts:
    """Raises IdentifierTaken: what was given is found by the next try, what was drawn is drawn again."""
    identifiers = [entry.identifier for entry in batch if entry.identifier]
    people = [entry.person for entry in batch if not entry.identifier]
    flags = await flag_by_file(tx, portal.name, batch, checked.gathered)
    meant = await lock_meant(tx, portal.name, identifiers, people, flags.turned)
    outcome = _decide(tx, portal, batch, meant, flags)

    if await insert_accounts(tx, outcome.created) < len(outcome.created):
        raise IdentifierTaken
    opened = [fact for account in outcome.created for fact in _opened(tx, portal, account, send_codes=send_codes)]
    await outbox.insert_all(tx, opened, lane=outbox.Lane.BULK)
    await change_contacts(tx, portal, [*outcome.changed, *outcome.flagged], tell=None, lane=outbox.Lane.BULK)
    return Counts(created=len(outcome.created), changed=len(outcome.changed), unchanged=outcome.unchanged)


@dataclass(slots=True)
class Outcome:
    """What a batch comes to. `flagged`: accounts that no line means, at an address of which one says something new."""

    created: list[Account] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    flagged: list[Change] = field(default_factory=list)
    unchanged: int = 0


def _decide(
    tx: Transaction, portal: Portal, batch: Sequence[Entry], locked: Sequence[Account], flags: Flags
) -> Outcome:
    outcome, known = Outcome(), _Known(locked)
    for entry in batch:
        former, shared = known.take(entry), flags.shared.get(entry.address, False)
        account = apply_entry(entry, former or _blank(portal, entry, tx.now), mailbox_shared=shared, now=tx.now)
        if former is None:
            outcome.created.append(account)
        elif account is former:
            outcome.unchanged += 1
        else:
            outcome.changed.append(Change(former, account))
    for neighbour in known.left():
        shared = flags.shared.get(neighbour.address, neighbour.mailbox_shared)
        flagged = correct(neighbour, neighbour.details, mailbox_shared=shared, now=tx.now)
        outcome.flagged.append(Change(neighbour, flagged))
    return outcome


def _opened(tx: Transaction, portal: Portal, account: Account, *, send_codes: bool) -> Iterator[Event]:
    """The code is mailed as what nobody waits for: a large file takes its time."""
    yield AccountOpened(account_id=account.id, portal=portal.name, opened_at=tx.now, by="import")
    yield account.contact
    if send_codes and account.details.email:
        yield CodeRequested(
            account_id=account.id,
            portal=portal.name,
            contact_version=account.contact_version,
            deliver_until=tx.now + portal.policy.tell_within,
        )


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

    def left(self) -> Sequence[Account]:
        """Those that no line has meant."""
        return list(self._by_identifier.values())
