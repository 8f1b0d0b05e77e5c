"""The operator's file of contracts: new ones are registered, known numbers brought up to date, holders linked.

Mails nobody. What is published goes the bulk lane: it yields to what a person waits for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from services.contracts.domain.accounts import Account
from services.contracts.domain.contract_file import (
    COLUMNS,
    NOTHING,
    REQUIRED,
    Entry,
    apply_entry,
    entry_faults,
    read_entry,
)
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import NumberTaken
from services.contracts.handlers.activate import active_contract
from services.contracts.handlers.link_holders import link_holders
from services.contracts.sql import accounts, holders
from services.contracts.sql.contract_file import insert_contracts, lock_numbered, save_contracts
from shared import outbox
from shared.db import Transaction
from shared.events import ContractRegistered
from shared.ids import ContractId, PortalName, new_id
from shared.imports import Checked, Counts, FileFormat, Import
from shared.portals import Portal


def contract_file(portal: Portal) -> Import[Entry]:
    """What `guichet contracts import` brings into this portal."""
    layout = FileFormat(
        columns=COLUMNS,
        required=REQUIRED,
        read=read_entry,
        faults=lambda entry, _: entry_faults(entry, portal.policy.identifier),
        key=lambda entry: entry.number,
        repeated=lambda _, line: f"number: line {line} has this number already",
    )
    return Import(
        portal=portal.name,
        layout=layout,
        apply=partial(_apply, portal.name),
        taken=NumberTaken,
        action="contracts_imported",
        command="guichet contracts import",
    )


@dataclass(slots=True)
class Outcome:
    """What a batch comes to. `retitled` by their ids: who looks at one of them is to see its new title."""

    created: list[Contract] = field(default_factory=list)
    changed: list[Contract] = field(default_factory=list)
    retitled: dict[ContractId, Contract] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def wanting(self) -> list[Contract]:
        return [contract for contract in (*self.created, *self.changed) if contract.wanted_holder is not None]


async def _apply(portal: PortalName, tx: Transaction, batch: Sequence[Entry], _: Checked) -> Counts:
    """Raises NumberTaken: the next try finds it."""
    await holders.take_turns(tx, [portal])
    known = await lock_numbered(tx, portal, [entry.number for entry in batch])
    outcome = _decide(portal, batch, {contract.details.number: contract for contract in known})

    if await insert_contracts(tx, outcome.created) < len(outcome.created):
        raise NumberTaken
    await save_contracts(tx, outcome.changed)
    named = {contract.wanted_holder for contract in outcome.wanting if contract.wanted_holder is not None}
    concerned = await holders.lock_concerned(tx, portal, named, outcome.retitled) if named or outcome.retitled else {}

    await _tell_registered(tx, outcome.created)
    await _tell_retitled(tx, concerned.values(), outcome.retitled)
    by_name = {account.identifier: account for account in concerned.values()}
    meant = ((by_name.get(contract.wanted_holder), contract) for contract in outcome.wanting)
    await link_holders(tx, [(account, contract) for account, contract in meant if account is not None])
    return Counts(created=len(outcome.created), changed=len(outcome.changed), unchanged=outcome.unchanged)


def _decide(portal: PortalName, batch: Sequence[Entry], known: Mapping[str, Contract]) -> Outcome:
    outcome = Outcome()
    for entry in batch:
        former = known.get(entry.number)
        contract = apply_entry(entry, former or Contract(ContractId(new_id()), portal, NOTHING))
        if former is None:
            outcome.created.append(contract)
        elif contract == former:
            outcome.unchanged += 1
        else:
            outcome.changed.append(contract)
            if contract.title != former.title:
                outcome.retitled[contract.id] = contract
    return outcome


async def _tell_registered(tx: Transaction, created: Sequence[Contract]) -> None:
    events = [
        ContractRegistered(contract_id=one.id, portal=one.portal, registered_at=tx.now, by="import") for one in created
    ]
    await outbox.insert_all(tx, events, lane=outbox.Lane.BULK)


async def _tell_retitled(
    tx: Transaction, concerned: Collection[Account], retitled: Mapping[ContractId, Contract]
) -> None:
    """To all who look at one of these contracts."""
    looking = [account.seeing_anew(tx.now) for account in concerned if account.active in retitled]
    await accounts.save_active(tx, looking)
    events = [active_contract(account, retitled[account.active]) for account in looking if account.active]
    await outbox.insert_all(tx, events, lane=outbox.Lane.BULK)
