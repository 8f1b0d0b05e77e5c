"""After a restore, contracts hears what it told others since the backup: links, keys, and who looks at what."""

from collections.abc import Sequence
from dataclasses import replace

from services.contracts.domain.accounts import Account
from services.contracts.handlers.activate import activate
from services.contracts.sql import accounts, links, recalled
from shared.db import Transaction
from shared.events import (
    ActivationKeyIssued,
    ActivationKeyRevoked,
    ActiveContractChanged,
    ContractLinked,
    ContractUnlinked,
    Topic,
)
from shared.events.contracts import ContractEvent
from shared.ids import AccountId, ContractId
from shared.inbox import Received

Pair = tuple[AccountId, ContractId]


class Recollection:
    """Links first, then who looks at which of theirs."""

    topics = (Topic.CONTRACTS, Topic.ACTIVE_CONTRACTS)

    def __init__(self) -> None:
        self._unknown: set[ContractId] = set()

    async def take(self, tx: Transaction, received: Sequence[Received]) -> None:
        if received[0].topic is Topic.ACTIVE_CONTRACTS:
            await self._take_active(tx, received)
        else:
            await self._take_contracts(tx, [one.event for one in received if isinstance(one.event, ContractEvent)])

    async def finish(self, tx: Transaction) -> Sequence[str]:
        """Who looks at a contract they have no more, or at none though they have one, looks at their oldest, and others
        are told."""
        for account in await recalled.lock_astray(tx):
            await activate(tx, account, await links.find_oldest(tx, account.id))
        lines = []
        if self._unknown:
            lines.append(
                f"{len(self._unknown)} contracts were registered since: their details were told nobody; import the file"
                " again, and give keys for them anew"
            )
        astray = await recalled.list_letters_astray(tx)
        return [
            *lines,
            *(f"{one.portal} {one.number}: the key given since opens nothing; give another" for one in astray),
        ]

    async def _take_contracts(self, tx: Transaction, told: Sequence[ContractEvent]) -> None:
        known = await recalled.find_known(tx, {event.contract_id for event in told})
        self._unknown |= {event.contract_id for event in told} - known
        told = [event for event in told if event.contract_id in known]
        last: dict[Pair, ContractLinked | ContractUnlinked] = {
            (event.account_id, event.contract_id): event
            for event in told
            if isinstance(event, ContractLinked | ContractUnlinked)
        }
        linked = [event for event in told if isinstance(event, ContractLinked)]

        await accounts.insert_missing(tx, {event.account_id: event.portal for event in linked})
        await recalled.delete_links(tx, [event for event in last.values() if isinstance(event, ContractUnlinked)])
        await recalled.insert_links(tx, [event for event in last.values() if isinstance(event, ContractLinked)])
        await recalled.insert_lost_keys(tx, [event for event in told if isinstance(event, ActivationKeyIssued)])
        await recalled.revoke_keys(tx, [event for event in told if isinstance(event, ActivationKeyRevoked)])
        await recalled.redeem_keys(tx, [event for event in linked if event.by == "key"])

    async def _take_active(self, tx: Transaction, received: Sequence[Received]) -> None:
        last = {AccountId(one.key): one for one in received}
        await accounts.insert_missing(tx, {id_: one.envelope.portal for id_, one in last.items()})
        known = await accounts.lock_accounts(tx, last)
        told = [_looking_as_told(known[id_], one) for id_, one in last.items()]
        await accounts.save_active(tx, [account for account in told if account != known[account.id]])


def _looking_as_told(account: Account, one: Received) -> Account:
    """The same object where that is no newer; a tombstone goes by its time."""
    if isinstance(one.event, ActiveContractChanged):
        told = replace(account, active=one.event.contract_id, active_version=one.event.version)
    else:
        told = replace(account, active=None, active_version=int(one.envelope.time.timestamp() * 1000))
    return told if told.active_version > account.active_version else account
