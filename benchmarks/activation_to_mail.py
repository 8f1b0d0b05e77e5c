"""From the commit of an activation to the mail server's 250, while customers keep coming and passwords are hashed.

auth and the notifier run as in production, on the same cores as everything else here, the load included.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from benchmarks.activations import activate, from_commit_to_mail
from benchmarks.customers import known_to, load_customers
from benchmarks.figures import Figure, at_most, percentile
from benchmarks.pace import at_rate
from benchmarks.stamping_sink import run_stamping_sink
from benchmarks.web import Clients
from benchmarks.world import open_world
from deploy.local.ports import free_port

Processes = Mapping[str, Sequence[Sequence[str]]]  # of a service, the roles of each

TOGETHER: Processes = {"auth": [()], "notifier": [()]}
APART: Processes = {"auth": [("api",), ("relay",)], "notifier": [("consumer",), ("deliverer",)]}
PER_SECOND = 20
WARM_UP = 40  # activations that are not counted: connections are opened, statements prepared


async def measure(*, quick: bool) -> list[Figure]:
    count = 100 if quick else 1_200
    latencies, asked = await _measured(TOGETHER, count)
    apart, _ = await _measured(APART, count // 2)
    return [
        Figure(f"commit to SMTP 250 at {PER_SECOND}/s, p50", percentile(latencies, 50) * 1000, "ms", at_most(15)),
        Figure("the same, p99", percentile(latencies, 99) * 1000, "ms", at_most(60)),
        Figure("the same, the slowest of all", max(latencies) * 1000, "ms"),
        Figure("the same with a process for each role, p50", percentile(apart, 50) * 1000, "ms"),
        Figure("the same, p99", percentile(apart, 99) * 1000, "ms"),
        Figure("request to 202, hashing included, p50", percentile(asked, 50) * 1000, "ms"),
        Figure("the same, p99", percentile(asked, 99) * 1000, "ms"),
    ]


async def _measured(processes: Processes, count: int) -> tuple[list[float], list[float]]:
    """Seconds from the commit to the reply, and from the request to its answer."""
    http = free_port()
    async with (
        open_world() as world,
        run_stamping_sink(world.folder) as sink,
        AsyncExitStack() as started,
        Clients(http) as clients,
    ):
        for roles in processes["auth"]:
            await started.enter_async_context(
                world.service("auth", roles=roles, HTTP_PORT=http, TRUSTED_PROXIES="127.0.0.1")
            )
        for roles in processes["notifier"]:
            notifier = await started.enter_async_context(world.service("notifier", roles=roles, smtp=sink.address))
        await load_customers(world, WARM_UP + count)
        await known_to(notifier, world, WARM_UP + count)
        answered: list[float] = []

        async def customer(number: int) -> None:
            begun = time.perf_counter()
            await activate(clients, number)
            answered.append(time.perf_counter() - begun)

        await at_rate(PER_SECOND, WARM_UP + count, customer)
        mailed = await from_commit_to_mail(world, sink, notifier, WARM_UP + count)
    return list(mailed.values())[WARM_UP:], answered[WARM_UP:]
