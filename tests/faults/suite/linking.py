"""kill -9 of contracts, at every point in turn, while people link: all or nothing, and repeats get the same answer."""

import asyncio
import random
import signal
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from deploy.local.ports import free_port
from shared.events import ContractLinked
from shared.events.topics import Topic
from tests.faults.suite.killing import Report, silent
from tests.faults.suite.outcome import Outcome
from tests.faults.suite.points import ANY_MOMENT
from tests.support.ground import Ground
from tests.support.holder import Contract, Holder, new_holder
from tests.support.running import AsProcess
from tests.support.topic import of_type, read_topic
from tests.support.waiting import until
from tests.support.world import World

POINTS = (
    "contracts.before_outbox",
    "contracts.after_outbox",
    "contracts.before_commit",
    "contracts.after_commit",
    "contracts.before_reply",
    ANY_MOMENT,
)
PEOPLE = 3  # who link at once
ROUNDS_OF_ONE = 10  # then others come: a try that nobody could give back counts against the limit
ANY_WITHIN = 0.05  # seconds, about what three links at once take

STATE = """
    select (select count(*) from links where contract_id = $1) as links,
           (select count(*) from activation_keys where contract_id = $1 and redeemed_at is not null) as redeemed,
           (select count(*) from audit where contract_id = $1 and action = 'contract_linked') as audited
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """`once`: the Idempotency-Key, kept for the repeats."""

    holder: Holder
    contract: Contract
    key: str = field(repr=False)
    once: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def make(self) -> httpx.Response | None:
        """None: no answer came."""
        try:
            return await self.holder.offer(self.key, once=self.once)
        except (httpx.TransportError, AttributeError):  # the latter is anyio's, of a connection that dies while made
            return None


async def kill_while_linking(
    ground: Ground, *, kills: int, seed: int, report: Report = silent, points: Sequence[str] = POINTS
) -> Outcome:
    dice, outcome = random.Random(seed), Outcome("contracts", [], kills=kills)  # noqa: S311 -- to be repeated
    offers: list[Offer] = []
    async with _stage(ground) as (world, victim):
        people: Sequence[Holder] = ()
        for number in range(kills):
            point = points[number % len(points)]
            if number % ROUNDS_OF_ONE == 0:
                people = [await new_holder(world.portal("ecocito")) for _ in range(PEOPLE)]
            made = await _die_while_linking(world, victim, people, point, dice)
            offers += made
            outcome.broken.extend([line for offer in made async for line in _half_done(world, offer)])
            await world.let_claims_pass(world.contracts_database)
            await victim.start()
            outcome.broken.extend([line for offer in made async for line in _repeated(offer)])
            outcome.tried[point] += 1
            report("contracts", number + 1, kills)
        begun = time.monotonic()
        await until(lambda: _mailed(offers))
        rested_after = time.monotonic() - begun
        outcome.broken.extend(await _told(world, offers))
    count = len(offers)
    return Outcome(
        "contracts", outcome.broken, outcome.tried, kills, facts=count, mails=count, rested_after=rested_after
    )


@asynccontextmanager
async def _stage(ground: Ground) -> AsyncIterator[tuple[World, AsProcess]]:
    """contracts' api is a process of its own, which may die."""
    async with ground.world(processes=True, contracts_roles=("relay", "consumer")) as world:
        environment = {**world.contracts.environment, "GUICHET_ADMIN_PORT": str(free_port())}
        victim = AsProcess("contracts", environment, ["api"], folder=world.folder / "victim")
        await victim.start()
        try:
            yield world, victim
        finally:
            await victim.stop()


async def _die_while_linking(
    world: World, victim: AsProcess, people: Sequence[Holder], point: str, dice: random.Random
) -> list[Offer]:
    """What everybody offered when it died."""
    offers = []
    for holder in people:
        contract = await world.desk.register_contract("ecocito")
        offers.append(Offer(holder, contract, await world.desk.issue_key(contract)))
    if point == ANY_MOMENT:
        asyncio.get_running_loop().call_later(dice.random() * ANY_WITHIN, _kill, victim)
    else:
        await victim.kill()  # idle
        await victim.start(GUICHET_FAULT=f"{point}:{dice.randint(1, PEOPLE)}")
    await asyncio.gather(*(offer.make() for offer in offers))
    assert await victim.ended() == -signal.SIGKILL
    return offers


def _kill(victim: AsProcess) -> None:
    assert victim.child
    victim.child.process.kill()


async def _half_done(world: World, offer: Offer) -> AsyncIterator[str]:
    (row,) = await world.in_contracts(STATE, uuid.UUID(offer.contract["id"]))
    if tuple(row) not in {(0, 0, 0), (1, 1, 1)}:
        yield f"{offer.contract['number']}: half of it was done: {dict(row)}"


async def _repeated(offer: Offer) -> AsyncIterator[str]:
    """The first repeat may be the one that links; the second one gets its answer."""
    answers = [await offer.make() for _ in range(2)]
    said = [(answer.status_code, answer.content) if answer else None for answer in answers]
    if said[0] != said[1] or said[0] is None or said[0][0] != 201:
        yield f"{offer.contract['number']}: its repeats were answered {said}"


async def _told(world: World, offers: Sequence[Offer]) -> list[str]:
    """Everything is at rest: each contract one fact, however often it lies in Kafka, and one mail."""
    facts = {m.envelope.id: str(m.key) for m in of_type(await read_topic(world.kafka, Topic.CONTRACTS), ContractLinked)}
    broken = []
    for offer in offers:
        number, told = offer.contract["number"], list(facts.values()).count(offer.contract["id"])
        if told != 1 or len(offer.holder.mails(offer.contract)) != 1:
            broken.append(f"{number}: {told} facts and {len(offer.holder.mails(offer.contract))} mails")
        if number not in await offer.holder.numbers():
            broken.append(f"{number}: is not on its holder's list")
    return broken


def _mailed(offers: Sequence[Offer]) -> bool:
    return all(offer.holder.mails(offer.contract) for offer in offers)
