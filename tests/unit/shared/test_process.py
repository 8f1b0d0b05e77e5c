"""Roles: restarted when they fail, drained when the process is asked to end."""

import asyncio

import pytest
import structlog

from shared import process
from shared.health import Health
from shared.process import Role, run_roles
from tests.support.waiting import until


async def test_a_role_that_fails_is_started_again_and_health_says_why_meanwhile():
    stop, health, seen = asyncio.Event(), Health(), []

    async def run(stop: asyncio.Event) -> None:
        seen.append(health.snapshot())
        if len(seen) == 1:
            raise ConnectionError("broker away")
        stop.set()

    await run_roles([Role("relay", run)], stop, health)
    assert seen[1] == {"status": "degraded", "reasons": {"relay": "ConnectionError: broker away"}}
    assert health.verdict == "ready"


async def test_a_server_that_stays_away_is_told_once_and_a_new_failure_again(monkeypatch: pytest.MonkeyPatch):
    stop, logged = asyncio.Event(), structlog.testing.CapturingLogger()
    monkeypatch.setattr(process, "log", logged)
    monkeypatch.setattr(process, "FIRST_PAUSE", 0.001)
    failures = iter([ConnectionError("away"), ConnectionError("still away"), ValueError("now something else")])

    async def run(stop: asyncio.Event) -> None:
        if failure := next(failures, None):
            raise failure
        stop.set()

    await run_roles([Role("relay", run)], stop, Health())
    assert [call.kwargs["kind"] for call in logged.calls] == ["ConnectionError", "ValueError"]


async def test_a_role_that_works_again_is_well_again():
    stop, health, starts = asyncio.Event(), Health(), []

    async def run(stop: asyncio.Event) -> None:
        starts.append(health.verdict)
        if len(starts) == 1:
            raise ConnectionError("database away")
        await stop.wait()

    running = asyncio.create_task(run_roles([Role("doorbell", run, settles_in=0.05)], stop, health))
    await until(lambda: len(starts) == 2 and health.verdict == "ready")
    stop.set()
    await running
    assert starts == ["ready", "degraded"]


async def test_a_role_of_several_tasks_tells_the_failure_itself_where_it_was_and_no_value(
    monkeypatch: pytest.MonkeyPatch,
):
    stop, health, seen, logged = asyncio.Event(), Health(), [], structlog.testing.CapturingLogger()
    monkeypatch.setattr(process, "log", logged)

    async def fails() -> None:
        raise ValueError("Camille Exemple")

    async def run(stop: asyncio.Event) -> None:
        seen.append(health.snapshot()["reasons"])
        if len(seen) == 2:
            stop.set()
            return
        async with asyncio.TaskGroup(), asyncio.TaskGroup() as inner:
            inner.create_task(fails())

    await run_roles([Role("deliverer", run)], stop, health)

    assert seen[1] == {"deliverer": "ValueError: Camille Exemple"}
    (failed,) = logged.calls
    assert failed.kwargs["kind"] == "ValueError"
    assert failed.kwargs["frames"][-1].endswith(" fails")
    assert "Camille" not in str(failed)


async def test_a_failing_role_does_not_end_the_others():
    stop, started = asyncio.Event(), asyncio.Event()

    async def fails(_: asyncio.Event) -> None:
        raise ValueError

    async def works(stop: asyncio.Event) -> None:
        started.set()
        await stop.wait()

    running = asyncio.create_task(run_roles([Role("relay", fails), Role("api", works)], stop, Health()))
    await started.wait()
    stop.set()
    await running
    assert running.exception() is None


async def test_what_is_in_flight_is_finished_when_the_process_is_asked_to_end():
    stop, finished = asyncio.Event(), []

    async def run(stop: asyncio.Event) -> None:
        stop.set()
        await asyncio.sleep(0)
        finished.append("in flight")

    await run_roles([Role("deliverer", run)], stop, Health())
    assert finished == ["in flight"]
