"""How many sign-ins a second auth answers, beside the hashing alone that each of them must do.

The raw figure is what the same cores do when nothing but Argon2 runs on them, with auth's own parameters: before and
after, for a machine is not as fast at all times. What lies between the two is HTTP, limits, sessions and tokens.
"""

import asyncio
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from benchmarks.customers import identifier, load_customers
from benchmarks.figures import Figure, at_least, percentile
from benchmarks.peers.same_mail import PASSWORD
from benchmarks.web import Clients
from benchmarks.world import World, open_world
from deploy.local.ports import free_port
from services.auth.hasher import ARGON2

CUSTOMERS = 500
AT_ONCE = 8  # sign-ins under way

ACTIVATED = """
    insert into credentials (account_id, generation, password_hash, used_at) select id, 1, $1, now() from accounts
"""


async def measure(*, quick: bool) -> list[Figure]:
    seconds = 3.0 if quick else 20.0
    http = free_port()
    async with (
        open_world() as world,
        world.service("auth", HTTP_PORT=http, TRUSTED_PROXIES="127.0.0.1"),
        Clients(http) as clients,
    ):
        await load_customers(world, CUSTOMERS)
        await _give_passwords(world)
        await _sign_in_for(1.0, clients)  # connections are opened, statements prepared
        before = await asyncio.to_thread(_hashes_a_second, seconds / 2)
        took = await _sign_in_for(seconds, clients)
        after = await asyncio.to_thread(_hashes_a_second, seconds / 2)
    raw, ours = (before + after) / 2, len(took) / seconds
    return [
        Figure("sign-ins", ours, "/s"),
        Figure("Argon2 alone", raw, "/s"),
        Figure("sign-ins beside Argon2 alone", ours / raw, "x", at_least(0.8)),
        Figure(f"one sign-in with {AT_ONCE} at once, p50", percentile(took, 50) * 1000, "ms"),
        Figure("the same, p99", percentile(took, 99) * 1000, "ms"),
    ]


async def _sign_in_for(seconds: float, clients: Clients) -> list[float]:
    """How long each one took."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def customer() -> None:
        while (begun := time.perf_counter()) < end:
            login = identifier(random.randrange(CUSTOMERS))  # noqa: S311 - no secret
            answer = await clients.post("/api/v1/sessions", {"login": login, "password": PASSWORD})
            answer.expect(201)
            took.append(time.perf_counter() - begun)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(customer())
    return took


def _hashes_a_second(seconds: float) -> float:
    hashed = ARGON2.hash(PASSWORD)
    end = time.perf_counter() + seconds

    def verify() -> int:
        count = 0
        while time.perf_counter() < end:
            ARGON2.verify(hashed, PASSWORD)
            count += 1
        return count

    threads = os.cpu_count() or 1  # as many as auth's
    with ThreadPoolExecutor(threads) as pool:
        return sum(future.result() for future in [pool.submit(verify) for _ in range(threads)]) / seconds


async def _give_passwords(world: World) -> None:
    database = await asyncpg.connect(world.databases["auth"])
    try:
        await database.execute(ACTIVATED, ARGON2.hash(PASSWORD))
    finally:
        await database.close()
