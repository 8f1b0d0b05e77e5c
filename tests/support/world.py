"""A world of its own for a test: all services over real Kafka, PostgreSQL and SMTP, and nothing of anybody else's."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from deploy.key_files import KeyFiles
from deploy.local.catcher import Catcher
from shared.events import PasswordRegenerated
from shared.kafka.settings import KafkaSettings
from shared.keys import KeyFile
from shared.sealing import Opener
from tests.support.customer_portal import Customer, CustomerPortal
from tests.support.desk import Desk
from tests.support.running import Service
from tests.support.stack import TestDatabase
from tests.support.waiting import PATIENCE, until

ENDED = ("sent", "rejected", "expired", "superseded", "withheld", "cancelled", "bounced")


@dataclass(frozen=True, slots=True)
class World:
    """All services run; tests stop and start them, and the servers below, as they please. `http` finds the service that
    answers, by `routes.yaml`; its own port is the front's, for browsers."""

    auth: Service
    contracts: Service
    notifier: Service
    http: httpx.AsyncClient
    desk: Desk
    catcher: Catcher
    kafka: KafkaSettings
    auth_database: TestDatabase
    contracts_database: TestDatabase
    notifier_database: TestDatabase
    keys: KeyFiles
    folder: Path

    def portal(self, name: str) -> CustomerPortal:
        return CustomerPortal(name, f"{name}.localhost", self.http, self.desk, self.catcher)

    async def in_auth(self, query: str, *args: object) -> list[asyncpg.Record]:
        return await _as_owner(self.auth_database, query, *args)

    async def in_contracts(self, query: str, *args: object) -> list[asyncpg.Record]:
        return await _as_owner(self.contracts_database, query, *args)

    async def in_notifier(self, query: str, *args: object) -> list[asyncpg.Record]:
        return await _as_owner(self.notifier_database, query, *args)

    async def waiting_events(self) -> int:
        """In auth's outbox."""
        return int((await self.in_auth("select count(*) from outbox"))[0]["count"])

    async def outbox_empty(self) -> bool:
        return await self.waiting_events() == 0

    async def let_leases_pass(self) -> None:
        """Half a minute by the database's clock. While a deliverer lives, it would send a second time what it sends."""
        await _as_owner(self.notifier_database, "update deliveries set due_at = now() where due_at is not null")

    async def let_claims_pass(self, database: TestDatabase) -> None:
        """A minute by the database's clock. While somebody lives who answers, a request would be done a second time."""
        await _as_owner(database, "update idempotency_answers set claimed_at = claimed_at - interval '1 minute'")

    async def sealed_passwords(self) -> list[tuple[str, str]]:
        """Identifier and password of every activation that is still in auth's outbox, oldest first: what only the
        notifier's private key opens."""
        rows = await self.in_auth(
            "select o.id, o.payload, a.identifier from outbox o join accounts a on a.id = o.aggregateid"
            " where o.type = $1 order by o.seq",
            PasswordRegenerated.type,
        )
        return [(row["identifier"], open_password(self.keys, row["id"], row["payload"])) for row in rows]

    async def deliveries(self, customer: Customer) -> list[asyncpg.Record]:
        """Oldest generation first."""
        return await self.in_notifier(
            "select d.* from deliveries d join accounts a on a.id = d.account_id where a.identifier = $1"
            " order by d.generation",
            customer.identifier,
        )

    async def settled(self, customer: Customer, count: int, timeout: float = PATIENCE) -> list[asyncpg.Record]:
        """That many deliveries, once each of them is at its end."""

        async def all_ended() -> list[asyncpg.Record]:
            found = await self.deliveries(customer)
            return found if len(found) == count and all(row["state"] in ENDED for row in found) else []

        return await until(all_ended, timeout)


def open_password(keys: KeyFiles, event_id: UUID, payload: bytes) -> str:
    """What only the notifier's private key opens; or, where a world runs unsealed, anybody."""
    event = PasswordRegenerated.model_validate_json(payload)
    if event.sealed.startswith("{"):
        return str(json.loads(event.sealed)["password"])
    opener = Opener(KeyFile(keys.seal_private))
    opened = opener.open(
        event.sealed,
        event_id=event_id,
        account_id=event.account_id,
        generation=event.generation,
        deliver_until=event.deliver_until,
    )
    return opened["password"].get_secret_value()


async def _as_owner(database: TestDatabase, query: str, *args: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database.owner_url)
    try:
        return list(await connection.fetch(query, *args))
    finally:
        await connection.close()
