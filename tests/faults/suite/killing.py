"""kill -9, at every point in turn, while customers ask."""

import asyncio
import random
import signal
import time
from collections.abc import Callable

from tests.faults.suite.ledger import Kill
from tests.faults.suite.outcome import Outcome, Trial
from tests.faults.suite.points import ANY_MOMENT, ROWS, Row
from tests.faults.suite.stage import Stage, open_stage
from tests.support.ground import Ground
from tests.support.waiting import until

BACKLOG = 3  # asked for while the process is dead
COMES_BY_WITHIN = 40.0  # seconds until a process passes the point at which it dies
BETWEEN_ASKS = 0.3  # seconds at first, then longer: one that is slow to die needs no more work

Report = Callable[[str, int, int], None]  # scenario, so many, of so many


def silent(_scenario: str, _done: int, _of: int) -> None:
    pass


async def kill_at_every_point(
    ground: Ground, name: str, *, kills: int, seed: int, report: Report = silent, quick: bool = False
) -> Outcome:
    """`kills` in all, at the points of that row in turn. `quick`, of auth's api: what it claimed is not waited for."""
    row, dice = ROWS[name], random.Random(seed)  # noqa: S311 -- so that a run can be repeated
    async with open_stage(ground, row, 12 if quick else row.customers) as stage:
        trial = Trial(name, stage)
        for number in range(kills):
            point = row.points[number % len(row.points)]
            try:
                await kill(stage, row, point, dice)
            except (AssertionError, TimeoutError) as error:
                trial.complaints.append(f"{point}: {type(error).__name__} {error}")
            trial.tried[point] += 1
            report(name, number + 1, kills)
            if quick:
                await stage.world.let_claims_pass(stage.world.auth_database)
        assert stage.victim
        await stage.victim.start()
        return await trial.concluded()


async def kill(stage: Stage, row: Row, point: str, dice: random.Random) -> None:
    """Starts the process, has it die there in the midst of its work, and asks again what it left unanswered.

    Raises AssertionError, TimeoutError where it ends otherwise, or not at all.
    """
    victim, serves = stage.victim, row.role == "api"
    assert victim
    if not serves:
        await stage.feed.ask(BACKLOG)
    by_itself = point != ANY_MOMENT
    await victim.launch(**({"GUICHET_FAULT": f"{point}:{dice.randint(1, row.passes)}"} if by_itself else {}))
    if serves or not by_itself:
        await until(lambda: _answers(stage), COMES_BY_WITHIN)
    ended = asyncio.create_task(victim.ended(COMES_BY_WITHIN))
    if not by_itself:
        asyncio.get_running_loop().call_later(dice.random(), _kill, stage)
    pause = BETWEEN_ASKS
    while not ended.done():
        await stage.feed.ask(row.passes)
        if serves:
            await stage.feed.ask_again()
        await asyncio.wait([ended], timeout=pause)
        pause = min(pause * 1.3, 2.0)
    assert await ended == -signal.SIGKILL, f"ended with {ended.result()}"
    stage.kills.append(Kill(point, time.time()))


async def _answers(stage: Stage) -> bool:
    """Whether operators are answered, which a process does before it is ready."""
    assert stage.victim
    assert stage.victim.child
    stage.victim.child.raise_if_ended()
    return (await stage.victim.readyz())[0] in {200, 503}


def _kill(stage: Stage) -> None:
    assert stage.victim
    assert stage.victim.child
    stage.victim.child.process.kill()
