"""How long somebody with 1,000 contracts waits for their list, over HTTP: token judged, all of them found and sent."""

import time

from benchmarks.figures import Figure, at_most, percentile
from benchmarks.holders import HOST, access_token, insert_contracts, insert_holders, insert_links
from benchmarks.web import Clients
from benchmarks.world import open_world
from deploy.local.ports import free_port

CONTRACTS = 1_000
OTHERS = 20_000  # contracts, of nobody
WARMING = 50  # requests


async def measure(*, quick: bool) -> list[Figure]:
    count, http = 200 if quick else 3_000, free_port()
    async with (
        open_world("contracts") as world,
        world.service("contracts", HTTP_PORT=http, TRUSTED_PROXIES="127.0.0.1"),
        Clients(http, HOST) as clients,
    ):
        (holder,) = await insert_holders(world, 1)
        contracts = await insert_contracts(world, CONTRACTS + OTHERS)
        await insert_links(world, holder, contracts[:CONTRACTS])
        token, took = access_token(world, holder), []
        for _ in range(WARMING + count):
            begun = time.perf_counter()
            answer = await clients.get("/api/v1/contracts", token=token)
            took.append((time.perf_counter() - begun) * 1000)
            answer.expect(200)
        assert answer.body.count(b'"number"') == CONTRACTS
    return [
        Figure(f"a list of {CONTRACTS:,} contracts, p50", percentile(took[WARMING:], 50), "ms"),
        Figure("the same, p99", percentile(took[WARMING:], 99), "ms", at_most(15)),
    ]
