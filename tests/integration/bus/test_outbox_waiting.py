"""What an operator watches while Kafka is away: how many rows wait, and how long the oldest has, lane by lane."""

from functools import partial

import pytest
from prometheus_client import REGISTRY

from shared.db import Database
from shared.ids import new_id
from shared.outbox import Lane, insert_all, waiting
from tests.integration.bus.facts import fact
from tests.support.roles import running
from tests.support.stack import TestDatabase
from tests.support.waiting import until

MINUTE, HOUR = 60.0, 3600.0


async def test_the_gauges_tell_what_waits_by_lane_and_go_back_to_nothing(
    db: Database, auth_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waiting, "EVERY", 0.05)
    await write(db, Lane.LIVE, rows=6, minutes_ago=1)
    await write(db, Lane.BULK, rows=2, minutes_ago=60)

    async with running(partial(waiting.measure, auth_database.url)):
        await until(lambda: rows_waiting() == {Lane.LIVE: 6, Lane.BULK: 2})
        assert MINUTE <= oldest(Lane.LIVE) < HOUR
        assert oldest(Lane.BULK) >= HOUR

        await db.execute("delete from outbox where lane = $1", Lane.LIVE)
        await until(lambda: rows_waiting() == {Lane.LIVE: 0, Lane.BULK: 2})
        assert oldest(Lane.LIVE) == 0
        assert oldest(Lane.BULK) >= HOUR

        await db.execute("delete from outbox")
        await until(lambda: rows_waiting() == {Lane.LIVE: 0, Lane.BULK: 0})
        assert oldest(Lane.BULK) == 0


async def write(db: Database, lane: Lane, *, rows: int, minutes_ago: int) -> None:
    """The first of them has waited that long, the others just came."""
    async with db.transaction() as tx:
        await insert_all(tx, [fact(new_id(), 1) for _ in range(rows)], lane=lane)
        await tx.execute(
            "update outbox set occurred_at = now() - make_interval(mins => $1)"
            " where seq = (select min(seq) from outbox where lane = $2)",
            minutes_ago,
            lane,
        )


def rows_waiting() -> dict[Lane, float | None]:
    return {lane: _gauge("guichet_outbox_rows_waiting", lane) for lane in Lane}


def oldest(lane: Lane) -> float:
    """Seconds."""
    seconds = _gauge("guichet_outbox_oldest_seconds", lane)
    assert seconds is not None
    return seconds


def _gauge(name: str, lane: Lane) -> float | None:
    return REGISTRY.get_sample_value(name, {"lane": lane.name.lower()})
