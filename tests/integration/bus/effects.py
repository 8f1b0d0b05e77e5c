"""A consumer whose effects can be counted: one row per handled fact, in the order they were made."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from shared.db import Database, Transaction
from shared.events import PasswordRegenerated, Topic
from shared.health import Health
from shared.inbox import Inbox, Received
from shared.kafka.settings import KafkaSettings
from tests.support.roles import running

CONSUMER = "auth"
TABLE = "create table effects (seq bigint generated always as identity, consumer text, key uuid, number integer)"


@dataclass
class Effects:
    """`before` is called for each message first and may raise what a handler raises."""

    db: Database
    consumer: str = CONSUMER
    before: Callable[[Received], None] = lambda _: None
    committed: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, tx: Transaction, batch: Sequence[Received]) -> None:
        for received in batch:
            self.before(received)
            assert isinstance(received.event, PasswordRegenerated)
        rows = [(self.consumer, one.key, one.event.generation) for one in batch if one.event]
        await tx.executemany("insert into effects (consumer, key, number) values ($1, $2, $3)", rows)

    async def numbers(self, key: UUID) -> list[int]:
        query = "select number from effects where consumer = $1 and key = $2 order by seq"
        rows = await self.db.fetch(query, self.consumer, key)
        return [row["number"] for row in rows]

    async def count(self) -> int:
        return int(await self.db.fetchval("select count(*) from effects"))


def inbox(
    db: Database, kafka: KafkaSettings, effects: Effects, health: Health | None = None, instance: str | None = None
) -> Inbox:
    return Inbox(
        db,
        kafka,
        consumer=effects.consumer,
        topics=[Topic.ACCOUNTS, Topic.CONTACTS],
        handles={PasswordRegenerated},
        handle=effects.handle,
        after_commit=effects.committed.set,
        health=health or Health(),
        instance=instance,
    )


@asynccontextmanager
async def consuming(
    db: Database, kafka: KafkaSettings, effects: Effects, health: Health | None = None, instance: str | None = None
) -> AsyncIterator[None]:
    async with running(inbox(db, kafka, effects, health, instance).run):
        yield
