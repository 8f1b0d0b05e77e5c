"""Kafka and PostgreSQL stop or die under load, and come back."""

import asyncpg

from tests.faults.suite.outcome import Outcome, Trial
from tests.faults.suite.stage import Stage, open_stage
from tests.support.away import away
from tests.support.ground import Ground
from tests.support.waiting import until

MEANWHILE = 30  # asks while the server is away


async def kafka_away(ground: Ground) -> Outcome:
    """Everybody is promised a password all the while: the API does not know Kafka."""
    async with open_stage(ground) as stage:
        trial = Trial("kafka", stage)
        async with stage.feed.flowing():
            for fault, crashed in (("stopped", False), ("kill -9", True), ("stopped", False)):
                trial.tried[fault] += 1
                await _some_asked(stage)
                async with away(ground.kafka, crashed=crashed):
                    await _some_asked(stage)
                await until(stage.world.outbox_empty, 60)
        if refused := sum(n for status, n in stage.feed.statuses.items() if status != 202):
            trial.complaints.append(f"{refused} refused while Kafka was away")
        return await trial.concluded()


async def postgres_away(ground: Ground) -> Outcome:
    """Nobody is promised anything all the while."""
    async with open_stage(ground) as stage:
        trial = Trial("postgres", stage)
        await _commit_for_real(ground, stage)
        async with stage.feed.flowing():
            for fault, crashed in (("stopped at once", True), ("stopped", False), ("stopped at once", True)):
                trial.tried[fault] += 1
                await _some_asked(stage)
                async with away(ground.postgres, crashed=crashed):
                    promised = sum(stage.feed.promised.values())
                    await _some_asked(stage, 10)
                    if sum(stage.feed.promised.values()) > promised:
                        trial.complaints.append("something was promised without a database")
                await until(lambda: _promises_again(stage), 30)
        if not stage.feed.statuses[503]:
            trial.complaints.append("nobody was told to come later")
        return await trial.concluded()


async def _some_asked(stage: Stage, number: int = MEANWHILE) -> None:
    wanted = stage.feed.asked.total() + number
    await until(lambda: stage.feed.asked.total() >= wanted, 60)


async def _promises_again(stage: Stage) -> bool:
    before = stage.feed.promised.total()
    await until(lambda: stage.feed.promised.total() > before, 30)
    return True


async def _commit_for_real(ground: Ground, stage: Stage) -> None:
    """The suite's server does not wait for its WAL to be written; new sessions on these databases do."""
    connection = await asyncpg.connect(f"{ground.postgres.url}/postgres")
    try:
        for database in (stage.world.auth_database.name, stage.world.notifier_database.name):
            await connection.execute(f"alter database {database} set synchronous_commit = on")
            kick_out = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1"
            await connection.execute(kick_out, database)
    finally:
        await connection.close()
