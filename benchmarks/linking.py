"""How many contracts a second people link by their keys, each in a transaction with its facts and its audit.

First what linking itself takes, which the goal is set against: the handler in this process, over a pool as the service
has it, its facts left in the outbox. Then over HTTP, by one process with every role and by two: the relay carries the
facts to Kafka meanwhile, and the load generator takes its share of the same cores.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from pydantic import SecretStr

from benchmarks.figures import Figure, at_least, percentile
from benchmarks.holders import HOST, PORTAL, access_token, insert_contracts, insert_holders, insert_keys
from benchmarks.portal import PORTALS
from benchmarks.web import Clients, somewhere
from benchmarks.world import World, open_world
from deploy.local.ports import free_port
from services.contracts.deps import Deps
from services.contracts.domain.activation_keys import Key
from services.contracts.handlers.link_contract import LinkContract, link_contract
from shared.clients import ClientAddress
from shared.db import open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.ids import AccountId
from shared.keys import KeyFile
from shared.portals import load_portals
from shared.sealing import Sealer

HOLDERS = 1_000
AT_ONCE = 16  # links under way
WARMING = 500  # links until connections are open and statements prepared

Link = Callable[[int, Key], Awaitable[None]]  # the how manyth, by this key


class Linked(NamedTuple):
    per_second: float
    took: Sequence[float]  # seconds, one for each


async def measure(*, quick: bool) -> list[Figure]:
    count = 1_000 if quick else 10_000
    async with open_world("contracts") as world:
        holders = await insert_holders(world, HOLDERS)
        keys = iter(await insert_keys(world, await insert_contracts(world, 3 * (WARMING + count))))
        async with _by_handler(world, holders) as link:
            handled = await _measured(link, keys, count)
        async with _over_http(world, holders, processes=1) as link:
            alone = await _measured(link, keys, count)
        async with _over_http(world, holders, processes=2) as link:
            both = await _measured(link, keys, count)
    return [
        Figure("links, the handler in one process", handled.per_second, "/s", at_least(500)),
        Figure(f"one of them with {AT_ONCE} at once, p50", percentile(handled.took, 50) * 1000, "ms"),
        Figure("the same, p99", percentile(handled.took, 99) * 1000, "ms"),
        Figure("links over HTTP, one process", alone.per_second, "/s"),
        Figure("links over HTTP, two processes", both.per_second, "/s"),
        Figure(f"one of those with {AT_ONCE} at once, p50", percentile(both.took, 50) * 1000, "ms"),
        Figure("the same, p99", percentile(both.took, 99) * 1000, "ms"),
    ]


@asynccontextmanager
async def _by_handler(world: World, holders: Sequence[AccountId]) -> AsyncIterator[Link]:
    portals, url = load_portals(PORTALS), world.databases["contracts"]
    portal = portals.by_name(PORTAL)
    async with open_database(url) as db:
        sealer, token_keys = Sealer(KeyFile(world.keys.seal_public)), KeyFile(world.keys.token_public)
        deps = Deps(db, portals, sealer, token_keys, Doorbell(url), Health())

        async def link(number: int, key: Key) -> None:
            whose, client = holders[number % len(holders)], ClientAddress(somewhere())
            await link_contract(deps, LinkContract(portal, whose, SecretStr(key.printed), client))

        gc.collect()
        gc.freeze()  # as every service does when it begins
        yield link


@asynccontextmanager
async def _over_http(world: World, holders: Sequence[AccountId], *, processes: int) -> AsyncIterator[Link]:
    """Neighbours in time are different people at different processes."""
    tokens = [access_token(world, account) for account in holders]
    async with AsyncExitStack() as stack:
        clients = []
        for roles in ((), ("api",))[:processes]:
            port = free_port()
            started = world.service("contracts", roles=roles, HTTP_PORT=port, TRUSTED_PROXIES="127.0.0.1")
            await stack.enter_async_context(started)
            clients.append(await stack.enter_async_context(Clients(port, HOST)))

        async def link(number: int, key: Key) -> None:
            offered, token = {"activation_key": key.printed}, tokens[number % len(tokens)]
            answer = await clients[number % len(clients)].post("/api/v1/contracts/links", offered, token=token)
            answer.expect(201)

        yield link


async def _measured(link: Link, keys: Iterator[Key], count: int) -> Linked:
    await _link(link, keys, WARMING)
    begun = time.perf_counter()
    took = await _link(link, keys, count)
    return Linked(count / (time.perf_counter() - begun), took)


async def _link(link: Link, keys: Iterator[Key], count: int) -> Sequence[float]:
    """How long each one took."""
    took: list[float] = []
    numbers = iter(range(count))

    async def people() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await link(number, next(keys))
            took.append(time.perf_counter() - begun)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(people())
    return took
