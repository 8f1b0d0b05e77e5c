"""The handlers of contracts on a real database: what they commit is read back as the owner would read it."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest_asyncio
from pydantic import SecretStr

from deploy.key_files import KeyFiles
from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract, Details, LinkedContract
from services.contracts.handlers.desk_dissociate import Dissociate, dissociate
from services.contracts.handlers.desk_issue_key import Issued, IssueKey, issue_key
from services.contracts.handlers.desk_link_contract import LinkForAccount, link_for_account
from services.contracts.handlers.desk_register_contract import RegisterContract, register_contract
from services.contracts.handlers.link_contract import LinkContract, link_contract
from services.contracts.handlers.list_contracts import list_contracts
from services.contracts.handlers.switch_contract import SwitchContract, switch_contract
from services.contracts.handlers.take_accounts import take_accounts
from services.contracts.sql.contracts import find_contract
from shared.audit import Actor
from shared.clients import ClientAddress
from shared.db import open_database
from shared.doorbell import Doorbell
from shared.events import ContactChanged, Event, SessionsEnded, Topic
from shared.events.cloudevents import Envelope
from shared.health import Health
from shared.ids import AccountId, ContractId, EventId, Language, PortalName, new_id
from shared.inbox import Received
from shared.keys import KeyFile
from shared.portals import Portal, Portals
from shared.sealing import Opener, Sealer
from shared.telemetry.traces import current_traceparent
from tests.support.stack import TestDatabase
from tests.support.waiting import until

HERE = ClientAddress("192.0.2.1")
ELSEWHERE = ClientAddress("198.51.100.9")
DESK = Actor("client", "0123456789abcdef", "192.0.2.50")
PATIENCE = 30.0  # seconds, of whatever waits for a lock here


def contact(account_id: AccountId, identifier: str, *, version: int = 1, portal: str = "ecocito") -> ContactChanged:
    return ContactChanged(
        account_id=account_id,
        portal=PortalName(portal),
        version=version,
        identifier=identifier,
        address="camille@example.org",
        title="",
        name="Camille Exemple",
        language=Language("fr"),
        shared=False,
    )


def signed_out(account_id: AccountId, at: datetime, portal: str = "ecocito") -> SessionsEnded:
    return SessionsEnded(account_id=account_id, portal=PortalName(portal), ended_at=at)


def received(event: Event) -> Received:
    return _received(event, event.topic, event.key, event.portal, event.type)


def erased(account_id: AccountId, portal: str = "ecocito") -> Received:
    """The contact's tombstone."""
    return _received(None, Topic.CONTACTS, account_id, PortalName(portal), ContactChanged.type)


def _received(event: Event | None, topic: Topic, key: UUID, portal: PortalName, type_: str) -> Received:
    now = datetime.now(UTC)
    envelope = Envelope(EventId(new_id()), "/guichet/auth", type_, str(key), now, portal, current_traceparent())
    return Received(envelope, event, topic, key, 0, 0)


@dataclass(frozen=True, slots=True)
class Contracts:
    """contracts without its edge, and the keys to what it seals."""

    deps: Deps
    database: TestDatabase
    portal: Portal
    opener: Opener

    def on(self, portal: str) -> "Contracts":
        return replace(self, portal=self.deps.portals.by_name(portal))

    def under(self, **policy: object) -> "Contracts":
        """The same with another policy."""
        changed = self.portal.policy.model_copy(update=policy)
        return replace(self, portal=self.portal.model_copy(update={"policy": changed}))

    async def owner(self, query: str, *args: object) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return [dict(row) for row in await connection.fetch(query, *args)]
        finally:
            await connection.close()

    async def events(self, like: str = "%") -> list[dict[str, Any]]:
        """What waits in the outbox, in its order, with the payload parsed; a tombstone has none."""
        rows = await self.owner(
            """select seq, id, lane, aggregateid as key, split_part(type, '.', 3) as name,
                      convert_from(payload, 'utf8') as payload
                 from outbox where type like $1 order by seq""",
            f"guichet.contracts.{like}.v1",
        )
        return [{**row, "payload": row["payload"] and json.loads(row["payload"])} for row in rows]

    async def told(self, key: UUID) -> list[str]:
        """What the outbox tells of one key, in its order."""
        return [event["name"] for event in await self.events() if event["key"] == key]

    async def active(self, account_id: AccountId) -> ContractId | None:
        """The contract the account looks at, as it is listed."""
        return next((one.id for one in await self.list(account_id) if one.active), None)

    async def register(self, number: str = "23-004512", **details: str) -> Contract:
        given = {"label": "Maison des Étangs", "street": "4 rue du Puits", "postal_code": "23000", "city": "Guéret"}
        return await register_contract(
            self.deps, RegisterContract(self.portal, DESK, Details(number, **{**given, **details}))
        )

    async def found(self, contract_id: ContractId) -> Contract:
        contract = await find_contract(self.deps.db, self.portal.name, contract_id)
        assert contract
        return contract

    async def issue(self, contract: Contract, request_id: UUID | None = None) -> Issued:
        return await issue_key(self.deps, IssueKey(self.portal, DESK, contract.id, request_id))

    async def redeem(
        self, account_id: AccountId, key: SecretStr | str, client: ClientAddress = HERE, deps: Deps | None = None
    ) -> LinkedContract:
        text = SecretStr(key) if isinstance(key, str) else key
        return await link_contract(deps or self.deps, LinkContract(self.portal, account_id, text, client))

    async def give(self, account_id: AccountId, contract: Contract) -> LinkedContract:
        """A contract by a key of its own."""
        return await self.redeem(account_id, (await self.issue(contract)).key)

    async def desk_link(self, account_id: AccountId, contract: Contract) -> None:
        await link_for_account(self.deps, LinkForAccount(self.portal, DESK, contract.id, account_id))

    async def dissociate(self, account_id: AccountId, contract: Contract) -> None:
        await dissociate(self.deps, Dissociate(self.portal, DESK, contract.id, account_id))

    async def switch(self, account_id: AccountId, contract: Contract) -> LinkedContract:
        return await switch_contract(self.deps, SwitchContract(self.portal, account_id, contract.id, HERE))

    async def list(self, account_id: AccountId) -> Sequence[LinkedContract]:
        return await list_contracts(self.deps, self.portal, account_id)

    async def hear(self, *facts: Event | Received) -> None:
        """One batch from auth."""
        batch = [fact if isinstance(fact, Received) else received(fact) for fact in facts]
        async with self.deps.db.transaction() as tx:
            await take_accounts(tx, batch)

    async def known(self, identifier: str = "0000000001") -> AccountId:
        """An account auth has told of."""
        account_id = AccountId(new_id())
        await self.hear(contact(account_id, identifier, portal=self.portal.name))
        return account_id

    @asynccontextmanager
    async def holding(self, statement: str, *args: object) -> AsyncIterator[None]:
        """Somebody else's open transaction, with the locks of that statement."""
        connection = await asyncpg.connect(self.database.url)
        try:
            async with connection.transaction():
                await connection.fetch(statement, *args)
                yield
        finally:
            await connection.close()

    async def waiting(self, count: int) -> None:
        """Until that many wait for a lock."""

        async def enough() -> bool:
            found: int = await connection.fetchval(
                """select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'"""
            )
            return found >= count

        connection = await asyncpg.connect(self.database.url)  # as the role whose waiting it is: others see nothing
        try:
            await until(enough, PATIENCE)
        finally:
            await connection.close()


@pytest_asyncio.fixture
async def contracts(
    contracts_database: TestDatabase, key_files: KeyFiles, portals: Portals
) -> AsyncIterator[Contracts]:
    async with open_database(contracts_database.url) as db:
        deps = Deps(
            db=db,
            portals=portals,
            sealer=Sealer(KeyFile(key_files.seal_public)),
            token_keys=KeyFile(key_files.token_public),
            doorbell=Doorbell(contracts_database.url),
            health=Health(),
        )
        opener = Opener(KeyFile(key_files.seal_private))
        yield Contracts(deps, contracts_database, portals.by_name("ecocito"), opener)


@pytest_asyncio.fixture
async def processes(contracts: Contracts) -> AsyncIterator[list[Deps]]:
    """As many processes, each with its own connections."""
    async with AsyncExitStack() as stack:
        pools = [await stack.enter_async_context(open_database(contracts.database.url, max_size=10)) for _ in range(4)]
        yield [replace(contracts.deps, db=pool) for pool in pools]
