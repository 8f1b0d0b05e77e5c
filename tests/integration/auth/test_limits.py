"""Limits: exact, over all processes, and kind to whoever did nothing."""

import asyncio
from datetime import timedelta

import pytest

from shared.db import open_database
from shared.limits import TooManyRequests, Try, give_back, spend, spend_both
from shared.portals import Limit
from tests.integration.auth.conftest import Auth

THREE = Limit(count=3, per=timedelta(minutes=15))


async def age(auth: Auth, by: str) -> None:
    """As if the tries so far lay longer back."""
    await auth.owner(f"update limits set hits = array(select hit - interval '{by}' from unnest(hits) hit)")  # noqa: S608


async def test_what_is_over_the_limit_is_refused_and_told_when_to_come_back(auth: Auth):
    for _ in range(3):
        await spend(auth.deps.db, THREE, "try", "name")

    with pytest.raises(TooManyRequests) as refused:
        await spend(auth.deps.db, THREE, "try", "name")
    assert timedelta(minutes=13) < refused.value.retry_after <= timedelta(minutes=15)
    await spend(auth.deps.db, THREE, "try", "another name")
    await spend(auth.deps.db, THREE, "another try", "name")


async def test_the_window_slides_and_no_quarter_of_an_hour_holds_more(auth: Auth):
    await spend(auth.deps.db, THREE, "try", "name")
    await age(auth, "14 minutes")
    for _ in range(2):
        await spend(auth.deps.db, THREE, "try", "name")
    await age(auth, "1 minute")
    await spend(auth.deps.db, THREE, "try", "name")

    with pytest.raises(TooManyRequests) as refused:
        await spend(auth.deps.db, THREE, "try", "name")
    assert refused.value.retry_after > timedelta(minutes=13)


async def test_a_clock_set_back_keeps_nobody_out(auth: Auth):
    for _ in range(3):
        await spend(auth.deps.db, THREE, "try", "name")
    await age(auth, "-1 hour")

    for _ in range(3):
        await spend(auth.deps.db, THREE, "try", "name")
    with pytest.raises(TooManyRequests) as refused:
        await spend(auth.deps.db, THREE, "try", "name")
    assert refused.value.retry_after <= timedelta(minutes=15)


async def test_a_refused_try_does_not_make_the_wait_longer(auth: Auth):
    for _ in range(3):
        await spend(auth.deps.db, THREE, "try", "name")
    await age(auth, "14 minutes")
    with pytest.raises(TooManyRequests):
        await spend(auth.deps.db, THREE, "try", "name")
    await age(auth, "1 minute")

    await spend(auth.deps.db, THREE, "try", "name")


async def test_what_is_given_back_can_be_spent_again(auth: Auth):
    for _ in range(10):
        await give_back(auth.deps.db, await spend(auth.deps.db, THREE, "try", "name"))


async def test_of_two_limits_the_second_counts_nothing_that_the_first_refuses(auth: Auth):
    here, anywhere = Try(THREE, "try", ("name", "here")), Try(Limit(count=5, per=THREE.per), "try", ("name",))
    for _ in range(3):
        await spend_both(auth.deps.db, here, anywhere)
    for _ in range(3):
        with pytest.raises(TooManyRequests):
            await spend_both(auth.deps.db, here, anywhere)

    for _ in range(2):
        await spend(auth.deps.db, anywhere.limit, "try", "name")
    with pytest.raises(TooManyRequests):
        await spend_both(auth.deps.db, Try(THREE, "try", ("name", "elsewhere")), anywhere)


async def test_of_two_limits_both_are_given_back(auth: Auth):
    for _ in range(10):
        both = await spend_both(auth.deps.db, Try(THREE, "try", ("name", "here")), Try(THREE, "try", ("name",)))
        await give_back(auth.deps.db, *both)


async def test_two_limits_spent_and_given_back_at_once_lock_nobody_out(auth: Auth):
    many = Limit(count=1000, per=THREE.per)

    async def come_and_go() -> None:
        for _ in range(20):
            both = await spend_both(auth.deps.db, Try(many, "try", ("name", "here")), Try(many, "try", ("name",)))
            await give_back(auth.deps.db, *both)

    await asyncio.gather(*(come_and_go() for _ in range(8)))


async def test_a_lowered_limit_holds_for_what_was_spent_before(auth: Auth):
    for _ in range(3):
        await spend(auth.deps.db, THREE, "try", "name")

    with pytest.raises(TooManyRequests):
        await spend(auth.deps.db, Limit(count=1, per=timedelta(minutes=15)), "try", "name")


async def test_two_processes_count_together(auth: Auth):
    async with open_database(auth.database.url) as another:
        tries = [spend(db, THREE, "try", "name") for db in (auth.deps.db, another) for _ in range(5)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(outcome, TooManyRequests) for outcome in outcomes) == 7


async def test_names_are_not_kept(auth: Auth):
    await spend(auth.deps.db, THREE, "try", "fG69a*6jH")

    (kept,) = await auth.owner("select * from limits")
    assert b"fG69a" not in kept["digest"]
    assert len(kept["digest"]) == 32
