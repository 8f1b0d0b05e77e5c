"""SIGTERM under load: over in ten seconds, and nothing is doubled, not even in Kafka."""

import signal
import time

from tests.faults.suite.outcome import Outcome, Trial
from tests.faults.suite.stage import Stage, open_stage
from tests.support.ground import Ground
from tests.support.running import AsProcess
from tests.support.waiting import until

AT_MOST = 10.0  # seconds, as promised; DELAY more for a machine that is busy
DELAY = 2.0


async def terminate_under_load(ground: Ground, *, times: int) -> Outcome:
    """Each process so many times, in turn."""
    async with open_stage(ground) as stage:
        trial = Trial("SIGTERM", stage)
        async with stage.feed.flowing():
            for number in range(2 * times):
                process = stage.others[number % 2]
                await _in_the_midst(stage)
                trial.tried[process.name] += 1
                trial.complaints += await _terminate(process)
                await process.start()
        return await trial.concluded(doubles_facts=False)


async def _in_the_midst(stage: Stage) -> None:
    before = len(stage.smtp.arrived)
    await until(lambda: len(stage.smtp.arrived) > before, 60)


async def _terminate(process: AsProcess) -> list[str]:
    assert process.child
    begun = time.monotonic()
    process.child.process.send_signal(signal.SIGTERM)
    try:
        status = await process.ended(3 * AT_MOST)
    except TimeoutError:
        await process.kill()
        return [f"{process.name} did not end on SIGTERM"]
    complaints = [f"{process.name} ended with {status} on SIGTERM"] if status else []
    if (took := time.monotonic() - begun) > AT_MOST + DELAY:
        complaints.append(f"{process.name} took {took:.0f} s to end")
    return complaints
