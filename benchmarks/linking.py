"""How many contracts a second people link by their keys: over HTTP, each in a transaction with its facts and its audit.

contracts runs as one process with every role, and then as two, which is what two cores are for: the relay carries the
facts to Kafka meanwhile, and PostgreSQL and the load generator take their share of the same cores.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

from benchmarks.figures import Figure, at_least, percentile
from benchmarks.holders import HOST, access_token, insert_contracts, insert_holders, insert_keys
from benchmarks.web import Clients
from benchmarks.world import World, open_world
from deploy.local.ports import free_port
from services.contracts.domain.activation_keys import Key

HOLDERS = 1_000
AT_ONCE = 16  # links under way
WARMING = 500  # links until connections are open and statements prepared


async def measure(*, quick: bool) -> list[Figure]:
    count = 1_000 if quick else 10_000
    async with open_world("contracts") as world:
        tokens = [access_token(world, account) for account in await insert_holders(world, HOLDERS)]
        contracts = await insert_contracts(world, 2 * (WARMING + count))
        keys = iter(await insert_keys(world, contracts))
        alone = await _linked(world, tokens, keys, count, processes=1)
        both = await _linked(world, tokens, keys, count, processes=2)
    return [
        Figure("links, one process", count / alone[0], "/s"),
        Figure("links, two processes", count / both[0], "/s", at_least(500)),
        Figure(f"one of them with {AT_ONCE} at once, p50", percentile(both[1], 50) * 1000, "ms"),
        Figure("the same, p99", percentile(both[1], 99) * 1000, "ms"),
    ]


async def _linked(
    world: World, tokens: list[str], keys: Iterator[Key], count: int, *, processes: int
) -> tuple[float, list[float]]:
    """Seconds for all of them, and for each."""
    async with AsyncExitStack() as stack:
        clients = []
        for roles in ((), ("api",))[:processes]:
            port = free_port()
            started = world.service("contracts", roles=roles, HTTP_PORT=port, TRUSTED_PROXIES="127.0.0.1")
            await stack.enter_async_context(started)
            clients.append(await stack.enter_async_context(Clients(port, HOST)))
        await _link(clients, tokens, keys, WARMING)
        begun = time.perf_counter()
        took = await _link(clients, tokens, keys, count)
        return time.perf_counter() - begun, took


async def _link(clients: list[Clients], tokens: list[str], keys: Iterator[Key], count: int) -> list[float]:
    """How long each one took. Neighbours in time are different people at different processes."""
    took: list[float] = []
    numbers = iter(range(count))

    async def people() -> None:
        for number in numbers:
            begun = time.perf_counter()
            answer = await clients[number % len(clients)].post(
                "/api/v1/contracts/links",
                {"activation_key": next(keys).printed},
                token=tokens[number % len(tokens)],
            )
            answer.expect(201)
            took.append(time.perf_counter() - begun)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(people())
    return took
