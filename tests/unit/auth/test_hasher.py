"""Argon2 in a bounded pool: right answers, off the event loop, and a refusal rather than a long wait."""

import asyncio
import math
import threading
import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from services.auth.domain.credentials import PasswordHash
from services.auth.domain.errors import Overloaded
from services.auth.hasher import Hasher
from tests.support.waiting import PATIENCE, until


@pytest.fixture
def hasher(quick_argon2: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hasher]:
    monkeypatch.setattr("services.auth.hasher.ARGON2", quick_argon2)  # the real one, which is not quick
    made = Hasher(threads=1, waiting=3)
    yield made
    made.close()


async def test_a_password_matches_its_hash_and_no_other(hasher: Hasher):
    stored = await hasher.hash(b"fG69a*6jH")

    assert await hasher.verify(stored, b"fG69a*6jH")
    assert not await hasher.verify(stored, b"fG69a*6jh")
    assert not await hasher.verify(None, b"fG69a*6jH")
    assert not await hasher.verify(PasswordHash("not a hash"), b"fG69a*6jH")


async def test_the_parameters_are_those_of_the_recommendation(hasher: Hasher):
    parameters = extract_parameters(await hasher.hash(b"fG69a*6jH"))

    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)


async def test_past_the_queue_a_request_is_refused_at_once_and_later_ones_are_served(hasher: Hasher):
    busy = threading.Event()  # a computation that takes as long as it takes
    tries = [asyncio.create_task(hasher._run("hash", busy.wait)) for _ in range(10)]
    await until(lambda: sum(each.done() for each in tries) == 6)
    refused = [each for each in tries if each.done()]
    busy.set()

    assert {type(each.exception()) for each in refused} == {Overloaded}
    await asyncio.gather(*(each for each in tries if each not in refused))
    assert await hasher.hash(b"x")


async def test_who_goes_away_leaves_the_place_to_another(hasher: Hasher):
    for _ in range(10):
        tries = [asyncio.create_task(hasher.hash(b"x")) for _ in range(4)]
        await asyncio.sleep(0)
        for each in tries:
            each.cancel()
        await asyncio.gather(*tries, return_exceptions=True)
        await hasher.hash(b"x") if hasher._places._value else None

    hasher._pool.submit(lambda: None).result(timeout=PATIENCE)
    assert hasher._places._value == 4


async def test_the_loop_goes_on_while_passwords_are_hashed(hasher: Hasher):
    hashing = asyncio.gather(*(hasher.hash(b"x") for _ in range(4)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    await hashing

    assert turns > 100


async def test_where_there_is_nothing_to_compare_with_the_same_work_is_done(hasher: Hasher):
    stored = await hasher.hash(b"fG69a*6jH")
    least = {stored: math.inf, None: math.inf}  # the machine only ever adds to what it takes
    for _ in range(5):
        for known in least:
            begun = time.process_time()
            await hasher.verify(known, b"fG69a*6jX")
            least[known] = min(least[known], time.process_time() - begun)

    assert least[None] > 0.5 * least[stored]
