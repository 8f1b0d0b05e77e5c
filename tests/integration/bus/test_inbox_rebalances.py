"""A rebalance every five seconds: each effect is made once, in order, and at half the usual speed at least."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from shared.db import Database, Transaction
from shared.events.cloudevents import headers
from shared.ids import new_id
from shared.inbox import Received, consumer
from shared.kafka.settings import KafkaSettings
from shared.process import wait_for
from tests.integration.bus.effects import Effects, consuming
from tests.integration.bus.facts import envelope_of, fact
from tests.support.waiting import until

EVERY = 5.0  # seconds between two rebalances
REBALANCES = 3
BATCH, TAKES = 20, 0.05  # messages and seconds: slow enough to tell what waiting costs from what the machine does
KEYS = 100
FACTS = 200  # about each key: more than can be taken in the time


async def test_effects_stay_single_and_throughput_at_least_half_while_partitions_change_hands_every_five_seconds(
    db: Database, kafka_settings: KafkaSettings, effects: Effects, monkeypatch: pytest.MonkeyPatch
):
    """Two consumers for two partitions; then, again and again, another one joins and the older of the two leaves."""
    monkeypatch.setattr(consumer, "BATCH", BATCH)
    keys = await write(kafka_settings)
    async with AsyncExitStack() as at_work:
        members = deque([await join(at_work, db, kafka_settings) for _ in range(2)])
        await until(lambda: more_than(effects, 10 * BATCH))
        undisturbed = await rate(effects, lambda: wait_for(asyncio.Event(), EVERY))

        handed_over = set[UUID]()

        async def replace_again_and_again() -> None:
            for _ in range(REBALANCES):
                members.append(await join(at_work, db, kafka_settings))
                leaving = members.popleft()
                await leaving.leave.aclose()
                await wait_for(asyncio.Event(), EVERY)
                handed_over.update(leaving.keys & set().union(*(member.keys for member in members)))

        disturbed = await rate(effects, replace_again_and_again)

    assert disturbed > undisturbed / 2
    numbers = {key: await effects.numbers(key) for key in keys}
    assert numbers == {key: [*range(1, len(handled) + 1)] for key, handled in numbers.items()}
    assert handed_over, "what one began another went on with"


@dataclass
class Member(Effects):
    """Remembers what it worked on."""

    keys: set[UUID] = field(default_factory=set)
    leave: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def handle(self, tx: Transaction, batch: Sequence[Received]) -> None:
        await super().handle(tx, batch)
        await tx.execute("select pg_sleep($1)", TAKES)
        self.keys |= {received.key for received in batch}


async def join(at_work: AsyncExitStack, db: Database, kafka: KafkaSettings) -> Member:
    member = Member(db)
    await at_work.enter_async_context(member.leave)
    await member.leave.enter_async_context(consuming(db, kafka, member))
    return member


async def rate(effects: Effects, while_: Callable[[], Awaitable[object]]) -> float:
    """Effects per second."""
    now = asyncio.get_running_loop().time
    before, begun = await effects.count(), now()
    await while_()
    return (await effects.count() - before) / (now() - begun)


async def more_than(effects: Effects, least: int) -> bool:
    return await effects.count() > least


async def write(kafka: KafkaSettings) -> list[UUID]:
    keys = [new_id() for _ in range(KEYS)]
    async with AIOKafkaProducer(**kafka.connection()) as producer:
        for number in range(1, FACTS + 1):
            for key in keys:
                event = fact(key, number)
                await producer.send(
                    kafka.topic(event.topic),
                    event.payload,
                    str(key).encode(),
                    headers=headers(envelope_of(event)),
                )
        await producer.flush()
    return keys
