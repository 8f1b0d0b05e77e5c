"""What others are told of contracts: in the order in which it was committed, and once whatever comes twice."""

import asyncio
from itertools import pairwise

from shared.events import ContractLinked, ContractUnlinked
from shared.events.topics import Topic
from tests.support.holder import Contract, Holder
from tests.support.topic import Message, read_topic, send_again
from tests.support.waiting import until
from tests.support.world import World

ROUNDS = 6
SAID = {ContractLinked.type: "est maintenant associé", ContractUnlinked.type: "n’est plus associé"}


async def test_a_linker_against_a_dissociator_is_told_by_mail_in_the_order_that_committed(
    shared_world: World, holder: Holder
) -> None:
    desk, contract = shared_world.desk, await holder.linked()
    for _ in range(ROUNDS):
        key = await desk.issue_key(contract)
        linked, unlinked = await asyncio.gather(holder.offer(key), desk.dissociate(contract, holder.id))
        assert (linked.status_code, unlinked.status_code) in {(201, 204), (201, 404), (409, 204)}

    await until(lambda: _nothing_waits(shared_world))
    told = [message.envelope.type for message in await _links(shared_world, contract)]
    assert told[:1] == [ContractLinked.type]
    assert all(before != after for before, after in pairwise(told)), told
    assert (told[-1] == ContractLinked.type) == (await holder.numbers() == [contract["number"]])

    await until(lambda: len(holder.mails(contract)) == len(told))
    assert [_kind(mail.text) for mail in holder.mails(contract)] == told


async def test_a_replayed_topic_of_contracts_changes_nothing_and_mails_nobody(
    shared_world: World, holder: Holder
) -> None:
    kept, left = await holder.linked(), await holder.linked()
    await shared_world.desk.dissociate(left, holder.id)
    await until(lambda: len(holder.mails(left)) == 2)
    await until(lambda: _settled(shared_world))
    before = await _deliveries(shared_world)
    mails = len(shared_world.catcher.messages())

    for message in await read_topic(shared_world.kafka, Topic.CONTRACTS):
        await send_again(shared_world.kafka, Topic.CONTRACTS, message)
    await until(lambda: _settled(shared_world))

    assert await _deliveries(shared_world) == before
    assert len(shared_world.catcher.messages()) == mails
    assert await holder.numbers() == [kept["number"]]


def _kind(text: str) -> str:
    (kind,) = [kind for kind, said in SAID.items() if said in text]
    return kind


async def _links(world: World, contract: Contract) -> list[Message]:
    told = await read_topic(world.kafka, Topic.CONTRACTS)
    return [m for m in told if str(m.key) == contract["id"] and m.envelope.type in SAID]


async def _nothing_waits(world: World) -> bool:
    return not await world.in_contracts("select from outbox")


async def _settled(world: World) -> bool:
    """Whether the notifier has read the whole topic and sent all it had to."""
    if not await _nothing_waits(world) or await world.in_notifier("select from deliveries where due_at is not null"):
        return False
    read = {
        row["partition"]: row["next_offset"]
        for row in await world.in_notifier(
            "select partition, next_offset from inbox_offsets where topic like '%' || $1", Topic.CONTRACTS.value
        )
    }
    written = {m.partition: m.offset for m in await read_topic(world.kafka, Topic.CONTRACTS)}
    return all(read.get(partition, 0) > offset for partition, offset in written.items())


async def _deliveries(world: World) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await world.in_notifier("select id, state, tries from deliveries order by id")]
